import { describe, expect, it } from 'vitest';
import { bytesField, join, messageField, varintField } from '../../../src/train/onnx/protobuf.js';

// Examples of the encoding guide of protocol buffers: field 1 of 150, field 2 of "testing", field 3 of the first message.
describe('protocol buffers', () => {
  it('write whole numbers in sevens of bits', () => {
    expect([...varintField(1, 150)]).toEqual([0x08, 0x96, 0x01]);
    expect([...varintField(20, 7)]).toEqual([0xa0, 0x01, 7]);
    expect([...varintField(1, 0)]).toEqual([0x08, 0]);
    expect([...varintField(1, -2)]).toEqual([0x08, 0xfe, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
  });

  it('write text and messages after their length', () => {
    expect([...bytesField(2, 'testing')]).toEqual([0x12, 7, ...new TextEncoder().encode('testing')]);
    expect([...messageField(3, [varintField(1, 150)])]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
    expect(bytesField(2, new Uint8Array(300)).length).toBe(303);
    expect([...join([])]).toEqual([]);
  });
});
