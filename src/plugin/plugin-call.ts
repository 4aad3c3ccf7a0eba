import type { PluginKind } from './plugin-module.js';

/** What the thread is started with. */
export interface PluginStart {
  readonly kind: PluginKind;
  readonly module: string;
}

export interface PluginCall {
  readonly id: number;
  /** What was opened by that call; undefined for the plug-in itself. */
  readonly on: number | undefined;
  readonly method: string;
  readonly args: readonly unknown[];
  /** Keeps what it gives, and answers nothing. */
  readonly keeps: boolean;
}

/** `unfit`: the module can't be used at all. */
export type PluginAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: 'unfit' | 'threw'; readonly text: string };

/** Called on the plug-in itself, it does no more than load it. */
export const LOAD = 'load';
