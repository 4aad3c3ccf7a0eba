import { describe, expect, it } from 'vitest';
import { createJsEngine } from '../../../../src/encode/vrae/engines/js/js-engine.js';
import { type EngineOpeners, inspectEngines, openEngine } from '../../../../src/encode/vrae/engines/open-engine.js';
import type { EngineName } from '../../../../src/encode/vrae/recurrent-engine.js';

/** Engines of which only some run; each is the reference under another name. */
function openers(...running: readonly EngineName[]): EngineOpeners {
  const opener = (name: EngineName) => async () => {
    if (!running.includes(name)) throw new Error(`no ${name} here\nRequire stack: …`);
    return { ...createJsEngine(), name, description: `${name} of a test` };
  };
  return { native: opener('native'), wasm: opener('wasm'), tfjs: opener('tfjs'), js: opener('js') };
}

describe('openEngine', () => {
  it('takes the first of native, wasm and js that runs, and says why others do not', async () => {
    expect((await openEngine('auto', {}, openers('native', 'wasm', 'js'))).engine.name).toBe('native');
    const { engine, absent } = await openEngine('auto', {}, openers('tfjs', 'js'));
    expect(engine.name).toBe('js');
    expect(absent).toEqual([
      { name: 'native', reason: 'no native here' },
      { name: 'wasm', reason: 'no wasm here' },
    ]);
  });

  it('gives the engine that is asked for by name, and no other', async () => {
    expect((await openEngine('tfjs', {}, openers('native', 'tfjs'))).engine.name).toBe('tfjs');
    await expect(openEngine('native', {}, openers('wasm', 'js'))).rejects.toMatchObject({
      code: 'config',
      message: 'encoder.engine is native, which does not run here: no native here. Set encoder.engine to auto.',
    });
    await expect(openEngine('tfjs', {}, openers())).rejects.toThrow(/npm install @tensorflow\/tfjs-node/);
  });

  it('hands the number of threads on', async () => {
    const asked: unknown[] = [];
    const native: EngineOpeners['native'] = async (options) => {
      asked.push(options);
      return createJsEngine();
    };
    await openEngine('native', { threads: 3 }, { ...openers(), native });
    await inspectEngines({ threads: 2 }, { ...openers(), native });
    expect(asked).toEqual([{ threads: 3 }, { threads: 2 }]);
  });

  it('finds one that runs in this very build', async () => {
    const { engine } = await openEngine('auto');
    expect(['native', 'wasm', 'js']).toContain(engine.name);
    engine.dispose();
  });
});

describe('inspectEngines', () => {
  it('says of each engine what it is, or why it is absent', async () => {
    expect(await inspectEngines({}, openers('wasm', 'js'))).toEqual([
      { name: 'native', runs: false, reason: 'no native here' },
      { name: 'wasm', runs: true, description: 'wasm of a test' },
      { name: 'js', runs: true, description: 'js of a test' },
      { name: 'tfjs', runs: false, reason: 'no tfjs here' },
    ]);
  });
});
