import type { Encoder } from '../encoder.js';
import type { OnnxFileModel } from '../encoder-model.js';
import { createFileEncoder, fileFailed } from '../file-encoder.js';
import type { OnnxRuntime, OnnxSession } from './load-onnx-runtime.js';

/**
 * Makes an encoder of an ONNX file.
 *
 * @throws SegtideError `encoder` when the runtime can't open the file
 */
export async function createOnnxEncoder(model: OnnxFileModel, version: string, runtime: OnnxRuntime): Promise<Encoder> {
  const session = await openSession(model, runtime);
  const { input, output } = model;
  return createFileEncoder(model, version, {
    run: async (values, shape) => {
      const fed = new runtime.Tensor('float32', values, shape);
      const results = await session.run({ [input]: fed }, [output]);
      const { data, dims } = results[output]!;
      return { data, shape: dims };
    },
    close: () => session.release(),
  });
}

async function openSession({ file }: OnnxFileModel, { InferenceSession }: OnnxRuntime): Promise<OnnxSession> {
  try {
    const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 };
    return await InferenceSession.create(file, options);
  } catch (cause) {
    throw fileFailed("can't be opened", cause);
  }
}
