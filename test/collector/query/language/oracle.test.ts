import { duckDbDialect } from '../../../../collector/query/language/duckdb-dialect.ts';
import { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { testAnyQuestion } from './any-question.ts';

testAnyQuestion(duckDbDialect, () => DuckDbStore.open(':memory:'));
