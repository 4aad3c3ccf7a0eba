import type { SegtideError } from '../errors.js';
import { MOST_HALTS } from '../plugin/ask-in-parts.js';
import { openPlugin, type RunningPlugin } from '../plugin/open-plugin.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import { missingPlugin } from './missing-plugin.js';
import { type OpenEncoder, openEncoder } from './open-encoder.js';
import { createPluginEncoder } from './plugin-encoder.js';

export interface PluginEncodersOptions {
  /** Makes encoders of other models. @default those that encode in the caller's thread */
  readonly open?: OpenEncoder | undefined;
  /** Told of each window that a plug-in could not embed. @default `encode` throws where that is all of a batch */
  readonly onFailure?: ((error: SegtideError) => void) | undefined;
}

/** Encoders of all models, plug-ins' among them. */
export interface PluginEncoders {
  /**
   * Throws a SegtideError `state` for a model of a plug-in that is not there. Encoders of one version share a thread, so
   * that a version that hangs or exits when it is opened takes none with it that works.
   */
  readonly open: OpenEncoder;
  /** Ends the plug-ins' threads. */
  close(): Promise<void>;
}

export function createPluginEncoders(
  plugins: readonly PluginModule[],
  { open = openEncoder, onFailure }: PluginEncodersOptions = {},
): PluginEncoders {
  const shared = new Map<string, { readonly running: RunningPlugin; users: number }>();

  function use(name: string, version: string): { readonly running: RunningPlugin; readonly release: () => void } {
    const plugin = plugins.find((each) => each.name === name);
    if (plugin === undefined) throw missingPlugin(name);
    const key = `${name} ${version}`;
    let own = shared.get(key);
    if (own === undefined || own.running.isEnded) {
      own = { running: openPlugin(plugin, 'encoder', 'encoder', { mostHalts: MOST_HALTS }), users: 0 };
      shared.set(key, own);
    }
    const used = own;
    used.users++;
    const release = (): void => {
      if (--used.users > 0) return;
      if (shared.get(key) === used) shared.delete(key);
      void used.running.close();
    };
    return { running: used.running, release };
  }

  return {
    open: (model, version, engine) => {
      if (model.kind !== 'plugin') return open(model, version, engine);
      const { running, release } = use(model.name, version);
      return createPluginEncoder(model, version, running, onFailure, release);
    },
    close: async () => {
      await Promise.all([...shared.values()].map(({ running }) => running.close()));
    },
  };
}

/** What makes encoders of all models, each of which is freed by whoever asked for it. */
export function openEncoderWith(plugins: readonly PluginModule[]): OpenEncoder {
  return createPluginEncoders(plugins).open;
}
