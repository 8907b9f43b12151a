import { createHash, timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import type { ApiConfig } from '../api/config.ts';
import { exportersAnswer } from '../api/exporters-answer.ts';
import { jsonText, QueryMistake, readQueryRequest, type AnswerQuery } from '../api/query-request.ts';
import { refusalOf, type GuardRules, type RequestHead } from '../api/request-guard.ts';
import type { Reconciliation } from '../counting/reconciliation.ts';
import { clientErrorReply, sentenceOf, SECURITY_HEADERS } from './api-errors.ts';
import type { MetricsPage } from './api-metrics.ts';

/** What the server tells about. */
export interface ApiSubject {
  readonly metrics: MetricsPage;
  /** Why the collector is not ready, a sentence each. */
  reasonsNotReady(): readonly string[];
  reconciliation(): Reconciliation;
  /** `undefined` where nobody answers questions. */
  readonly answerQuery: AnswerQuery | undefined;
  /** Of a fault of ours: whoever asked is only told that there was one. */
  onFault(error: Error): void;
}

/** The collector's HTTP server: metrics, health, what was counted, and questions to the store. */
export class ApiServer {
  readonly #app: FastifyInstance;
  readonly #subject: ApiSubject;
  readonly #maxQueries: number;
  #queries = 0;

  private constructor(app: FastifyInstance, config: ApiConfig, subject: ApiSubject) {
    this.#app = app;
    this.#subject = subject;
    this.#maxQueries = config.maxQueries;
  }

  /** Rejects when the address cannot be had. `listen` of the configuration must say where. */
  static async open(config: ApiConfig, subject: ApiSubject): Promise<ApiServer> {
    const { listen } = config;
    if (listen === undefined) throw new RangeError('the API has no address to listen on');
    const app = fastifyWithin(config);
    const server = new ApiServer(app, config, subject);
    guard(app, { ...config, isToken: config.token === undefined ? undefined : tokenCheck(config.token) });
    server.#routes();
    try {
      await app.listen({ host: listen.address, port: listen.port });
    } catch (error) {
      await app.close();
      throw new Error(`cannot serve the API on ${formatEndpoint(listen)}: ${wordListenError(error)}`, { cause: error });
    }
    return server;
  }

  /** With the port it got. */
  get endpoint(): string {
    const [address] = this.#app.addresses();
    return typeof address === 'object' ? formatEndpoint(address) : '';
  }

  /** Ends every connection, whatever is under way on it. */
  close(): Promise<void> {
    return this.#app.close();
  }

  #routes(): void {
    const { metrics } = this.#subject;
    this.#app.get('/healthz', () => ({ status: 'ok' }));
    this.#app.get('/readyz', (_request, reply) => {
      const reasons = this.#subject.reasonsNotReady();
      return reasons.length === 0 ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reasons });
    });
    this.#app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
    this.#app.get('/api/exporters', (_request, reply) => json(reply, exportersAnswer(this.#subject.reconciliation())));
    this.#app.post('/api/query', (request, reply) => this.#query(request, reply));
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
    if (this.#queries >= this.#maxQueries) {
      return reply.code(429).header('retry-after', '1').send({ error: 'other questions are being answered; ask again later' });
    }
    this.#queries++;
    try {
      return json(reply, await answerQuery(question));
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
function guard(app: FastifyInstance, rules: GuardRules): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(SECURITY_HEADERS);
    const refusal = refusalOf(headOf(request), rules);
    if (refusal === undefined) return undefined;
    if (refusal.status === 401) void reply.header('www-authenticate', 'Bearer');
    return reply.code(refusal.status).send({ error: refusal.sentence });
  });
}

function headOf({ headers, raw }: FastifyRequest): RequestHead {
  const { rawHeaders, url = '' } = raw;
  // RFC 9112 section 3.2.2: a request-target that names a host stands in the place of Host. Of several Hosts Node would keep the first.
  const [, target] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [];
  const named = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
  const hosts = target === undefined ? named : [target];
  const fetchSite = headers['sec-fetch-site'];
  return {
    hosts,
    origin: headers.origin,
    fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
    authorization: headers.authorization,
  };
}

/** Digests have one length, so the comparison takes one time. */
function tokenCheck(token: string): (text: string) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (text) => timingSafeEqual(digest(text), expected);
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
