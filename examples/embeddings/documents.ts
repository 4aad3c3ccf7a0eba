// Documents: paragraphs of this documentation, by what they are about. `npx tsx examples/embeddings/documents.ts`
// TF-IDF over stemmed words by wink-nlp and its English model, brought to a few numbers by latent semantic analysis.
import { readFileSync } from 'node:fs';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import model from 'wink-eng-lite-web-model';
import winkNlp, { type ItsFunction } from 'wink-nlp';
import { clusterItems } from './cluster-items.js';

const PAGES = ['alerts', 'kubernetes', 'ingest', 'vrae', 'windows'];
const PARAGRAPHS = Number(process.argv[2] ?? 40);
const TOPICS = 10;

const wink = winkNlp(model);
const paragraphs = PAGES.flatMap((page) =>
  readParagraphs(page)
    .slice(0, PARAGRAPHS)
    .map((text, i) => ({ name: `${page}-${i}`, kind: page, words: toWords(text) })),
);
const places = toPlaces(weigh(paragraphs.map(({ words }) => words)));
await clusterItems(
  paragraphs.map(({ name, kind }, i) => ({ name, kind, embedding: places[i]! })),
  PAGES.length,
);

/** Running text of a page, without tables, code and what is too short to be about something. */
function readParagraphs(page: string): string[] {
  const text = readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8');
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').split(/\n\s*\n/);
  return prose.filter((paragraph) => !/^[|#]/.test(paragraph.trim()) && paragraph.split(/\s+/).length >= 25);
}

/** Stems of the words that mean something. */
function toWords(text: string): string[] {
  const { its } = wink;
  const tokens = wink.readDoc(text).tokens();
  return tokens
    .filter((token) => token.out(its.type) === 'word' && !token.out(its.stopWordFlag))
    .out(its.stem as ItsFunction<string>);
}

/** A row a document and a column a word that more than one has: how often it is there, and how rare elsewhere. */
function weigh(documents: readonly (readonly string[])[]): Matrix {
  const having = new Map<string, number>();
  for (const words of documents) for (const word of new Set(words)) having.set(word, (having.get(word) ?? 0) + 1);
  const columns = new Map([...having].filter(([, count]) => count > 1).map(([word], i) => [word, i]));
  const weights = Matrix.zeros(documents.length, columns.size);
  documents.forEach((words, row) => {
    for (const word of words) {
      const column = columns.get(word);
      if (column === undefined) continue;
      weights.set(row, column, weights.get(row, column) + Math.log(documents.length / having.get(word)!));
    }
  });
  for (let row = 0; row < weights.rows; row++) weights.mulRow(row, 1 / (weights.getRowVector(row).norm() || 1));
  return weights;
}

/** Latent semantic analysis (Deerwester et al., 1990): left singular vectors by their singular values. */
function toPlaces(weights: Matrix): number[][] {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(weights.mmul(weights.transpose()), {
    assumeSymmetric: true,
  });
  const largest = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return Array.from({ length: weights.rows }, (_, row) =>
    largest
      .slice(0, TOPICS)
      .map((column) => eigenvectorMatrix.get(row, column) * Math.sqrt(Math.max(0, realEigenvalues[column]!))),
  );
}
