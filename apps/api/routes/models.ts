import { jsonPointer, OPERATIONS, type PredictBody } from '@caviar/contracts';
import { cellOf, isStandIn, numberOf } from '@caviar/datasets';
import { predict, type RawRow, RowError, readModel, writeOnnx } from '@caviar/model';
import type { Orchestrator } from '@caviar/orchestrator';
import type { TrainedModel } from '@caviar/spec';
import type { FastifyInstance } from 'fastify';
import { route } from '../http/route.js';
import { invalid } from '../http/to-http-problem.js';

/** Networks to take home, and to ask. */
export function modelRoutes(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.getModel, async ({ id, query, reply }) => {
    const { trial, data } = await orchestrator.getModel(id);
    const { format } = query;
    reply
      .type('application/octet-stream')
      .header('Content-Disposition', `attachment; filename="trial-${trial.number}.${format}"`);
    return Buffer.from(format === 'onnx' ? writeOnnx(readModel(data)) : data);
  });

  route(app, OPERATIONS.predict, async ({ id, body }) => {
    const { data } = await orchestrator.getModel(id);
    const model = readModel(data);
    const predictions = body.rows.map((row, r) => {
      const { kind: _, ...prediction } = predictRow(model, row, r);
      return prediction;
    });
    return { trialId: id, predictions };
  });
}

type Row = PredictBody['rows'][number];

function predictRow(model: TrainedModel, row: Row, r: number): ReturnType<typeof predict> {
  const names = model.encodings.map(({ name }) => name);
  try {
    return predict(
      model,
      inOrder(row, names, r).map((cell, c) => (model.encodings[c]?.kind === 'numeric' ? asNumber(cell) : cell)),
    );
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    const { column, message } = error;
    const name = names[column];
    const key = Array.isArray(row) ? column : (name ?? column);
    const where = name === undefined ? `row ${r}` : `row ${r}, column "${name}"`;
    throw invalid('invalid-request', [{ pointer: jsonPointer(['rows', r, key]), message: `${message} (${where})` }]);
  }
}

/** What a column of numbers makes of a cell: texts as in a file, truth values as in arrays. What is no number stays as it is. */
function asNumber(cell: RawRow[number]): RawRow[number] {
  if (typeof cell === 'boolean') return Number(cell);
  if (typeof cell !== 'string') return cell;
  return isStandIn(cell) ? null : (numberOf(cell) ?? cell);
}

/** A row's values in the order of the columns; what is not named is missing. */
function inOrder(row: Row, names: readonly string[], r: number): RawRow {
  // As they would have been read in a file.
  const plain = (cell: RawRow[number] | undefined) => (typeof cell === 'string' ? cellOf(cell) : (cell ?? null));
  if (Array.isArray(row)) return row.map(plain);
  const unknown = Object.keys(row).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const message = `there is no such column; there are ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', ...' : ''}`;
    throw invalid('invalid-request', [{ pointer: jsonPointer(['rows', r, unknown]), message }]);
  }
  return names.map((name) => (Object.hasOwn(row, name) ? plain(row[name]) : null));
}
