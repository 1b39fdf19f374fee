import { expect, test } from 'vitest';
import { readKeys, writeKeys } from './column-keys.js';

test.each([[[]], [['value']], [['params.learning rate', 'params.a,b', 'params.50 %', 'params.%2C', 'metrics.معدل']]])(
  '%j survives the address',
  (keys) => {
    expect(readKeys(writeKeys(keys))).toEqual(keys);
  },
);

test('addresses of plain names stay short', () => {
  expect(writeKeys(['number', 'params.learningRate'])).toBe('number,params.learningRate');
});
