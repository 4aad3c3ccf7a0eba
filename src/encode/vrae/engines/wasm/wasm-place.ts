import { made, type WasmKernel } from './wasm-module.js';

/** Part of an instance's memory that is kept from call to call: gives its address, for so many floats. */
export type WasmPlace = (length: number) => number;

/** Nothing frees an instance's memory: a place is made anew only where it is too small. */
export function createWasmPlace(running: () => WasmKernel): WasmPlace {
  let address = 0;
  let room = 0;
  return (length) => {
    if (length > room) {
      address = made(running().allocate(length));
      room = length;
    }
    return address;
  };
}
