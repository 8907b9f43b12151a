import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import type { ApiConfig } from '../api/config.ts';
import { exportersAnswer } from '../api/exporters-answer.ts';
import { jsonText, QueryMistake, readQueryRequest, type AnswerQuery } from '../api/query-request.ts';
import { readParameters } from '../api/live/live-request.ts';
import { refusalOf, type GuardRules } from '../api/request-guard.ts';
import type { Reconciliation } from '../counting/reconciliation.ts';
import { clientErrorReply, sentenceOf, SECURITY_HEADERS } from './api-errors.ts';
import { guardRules, headOf, pathOf } from './api-guard.ts';
import type { MetricsPage } from './api-metrics.ts';
import { LiveServer } from './page/live-server.ts';
import type { PageFiles } from './page/page-files.ts';
import { serveLive, servePage, serveReport } from './page/page-routes.ts';
import { Views, type ViewSubject } from './page/views.ts';

/** What the server tells about. */
export interface ApiSubject {
  /** Absent where nothing is collected. */
  readonly metrics?: MetricsPage;
  /** Why the collector is not ready, a sentence each. */
  reasonsNotReady(): readonly string[];
  /** Absent where nothing is collected. */
  reconciliation?(): Reconciliation;
  /** `undefined` where nobody answers questions. */
  readonly answerQuery: AnswerQuery | undefined;
  /** What is shown live; absent where there is nothing to show. */
  readonly views?: ViewSubject;
  /** The page that shows it. */
  readonly page?: PageFiles;
  /** Of a fault of ours: whoever asked is only told that there was one. */
  onFault(error: Error): void;
}

/** The HTTP server: metrics, health, what was counted, questions to the store, and the page with its views. */
export class ApiServer {
  readonly #app: FastifyInstance;
  readonly #subject: ApiSubject;
  readonly #maxQueries: number;
  readonly #views: Views | undefined;
  readonly #live: LiveServer | undefined;
  #queries = 0;

  private constructor(app: FastifyInstance, config: ApiConfig, subject: ApiSubject) {
    this.#app = app;
    this.#subject = subject;
    this.#maxQueries = config.maxQueries;
    this.#views = subject.views && new Views(config.live, subject.views, (error) => subject.onFault(error));
    this.#live = this.#views && new LiveServer(config.live, this.#views);
  }

  /** Rejects when the address cannot be had. `listen` of the configuration must say where. */
  static async open(config: ApiConfig, subject: ApiSubject): Promise<ApiServer> {
    const { listen } = config;
    if (listen === undefined) throw new RangeError('the API has no address to listen on');
    const app = fastifyWithin(config);
    const server = new ApiServer(app, config, subject);
    const rules = guardRules(config);
    guard(app, rules, subject.page);
    server.#routes(rules);
    try {
      await app.listen({ host: listen.address, port: listen.port });
    } catch (error) {
      await server.close();
      throw new Error(`cannot serve the API on ${formatEndpoint(listen)}: ${wordListenError(error)}`, { cause: error });
    }
    return server;
  }

  /** With the port it got. */
  get endpoint(): string {
    const [address] = this.#app.addresses();
    return typeof address === 'object' ? formatEndpoint(address) : '';
  }

  /** Ends every connection, whatever is under way on it; resolves when no view asks a store any longer. */
  async close(): Promise<void> {
    this.#live?.close();
    await this.#app.close();
    await this.#views?.close();
  }

  #routes(rules: GuardRules): void {
    const { metrics, page, views } = this.#subject;
    if (page !== undefined) servePage(this.#app, page);
    if (views?.report !== undefined) serveReport(this.#app, views.report.bind(views));
    if (this.#live !== undefined) serveLive(this.#app, this.#live, rules);
    this.#app.get('/healthz', () => ({ status: 'ok' }));
    this.#app.get('/readyz', (_request, reply) => {
      const reasons = this.#subject.reasonsNotReady();
      return reasons.length === 0 ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reasons });
    });
    if (metrics !== undefined)
      this.#app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
    const reconciliation = this.#subject.reconciliation?.bind(this.#subject);
    if (reconciliation !== undefined)
      this.#app.get('/api/exporters', (_request, reply) => json(reply, exportersAnswer(reconciliation())));
    this.#app.post('/api/query', (request, reply) => this.#query(request, reply));
    this.#app.get<{ Params: { name: string } }>('/api/view/:name', (request, reply) => this.#view(request, reply));
    this.#app.setNotFoundHandler((request, reply) =>
      reply.code(404).send({ error: `there is no ${request.method} ${request.url.split('?')[0]?.slice(0, 100)}` }),
    );
    this.#app.setErrorHandler((error: FastifyError, _request, reply) => {
      const status = error instanceof QueryMistake ? 400 : (error.statusCode ?? 500);
      if (status >= 500) this.#subject.onFault(error);
      return reply.code(status).send({ error: sentenceOf(status, error) });
    });
  }

  async #query(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { answerQuery } = this.#subject;
    if (answerQuery === undefined) return reply.code(501).send({ error: 'this collector answers no questions' });
    const question = readQueryRequest(request.body);
    return this.#oneOfFew(reply, () => answerQuery(question));
  }

  async #view({ params, query }: FastifyRequest<{ Params: { name: string } }>, reply: FastifyReply): Promise<FastifyReply> {
    const views = this.#views;
    if (views === undefined) return reply.code(404).send({ error: 'there are no views here' });
    const parameters = readParameters(query);
    return this.#oneOfFew(reply, () => views.view({ topic: params.name, parameters }));
  }

  /** Answers when not too many other questions are being answered. */
  async #oneOfFew(reply: FastifyReply, answer: () => Promise<unknown>): Promise<FastifyReply> {
    if (this.#queries >= this.#maxQueries) {
      return reply.code(429).header('retry-after', '1').send({ error: 'other questions are being answered; ask again later' });
    }
    this.#queries++;
    try {
      return json(reply, await answer());
    } finally {
      this.#queries--;
    }
  }
}

function fastifyWithin(config: ApiConfig): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: config.maxBodyOctets,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.requestTimeoutMs,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    http: { maxHeaderSize: config.maxHeaderOctets, headersTimeout: config.requestTimeoutMs, connectionsCheckingInterval: 500 },
    clientErrorHandler: clientErrorReply,
    frameworkErrors: (error, _request, reply) => {
      const status = error.statusCode ?? 400;
      void (reply as unknown as FastifyReply)
        .headers(SECURITY_HEADERS)
        .code(status)
        .send({ error: sentenceOf(status, error) });
    },
  });
  app.server.maxConnections = config.maxConnections;
  return app;
}

/** Asks of every request, whatever it is for, before its body is read. */
function guard(app: FastifyInstance, rules: GuardRules, page: PageFiles | undefined): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(SECURITY_HEADERS);
    const isOfPage = page?.has(pathOf(request.url)) === true;
    const head = headOf(request.raw);
    // The page itself tells nothing, and may be come to from a link anywhere.
    const refusal = isOfPage
      ? refusalOf({ ...head, fetchSite: undefined }, { ...rules, isToken: undefined })
      : refusalOf(head, rules);
    if (refusal === undefined) return undefined;
    if (refusal.status === 401) void reply.header('www-authenticate', 'Bearer');
    return reply.code(refusal.status).send({ error: refusal.sentence });
  });
}

const json = (reply: FastifyReply, answer: unknown): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(jsonText(answer));

function wordListenError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EACCES') return 'the port needs more rights';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'this machine does not have the address';
  return String(code ?? (error as Error).message);
}
