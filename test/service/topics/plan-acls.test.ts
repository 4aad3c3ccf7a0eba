import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { type Acl, planAcls, topicsOf } from '../../../src/service/topics/plan-acls.js';
import { planTopics } from '../../../src/service/topics/plan-topics.js';
import { renderAcls } from '../../../src/service/topics/render-acls.js';
import { literalPrefixOf } from '../../../src/service/topics/topic-pattern.js';

function config(input = '', more = '') {
  const text = `input: { kind: kafka, kafka: { brokers: [a:1], groupId: g ${input} } }\noutput: { kind: kafka }\n${more}`;
  return loadConfig({ file: { path: 'c.yaml', text } });
}

function show({ resource, name, pattern, operations }: Acl): string {
  return `${resource} ${name}${pattern === 'prefixed' ? '*' : ''} ${operations.join()}`;
}

describe('planAcls', () => {
  it('lets a worker read the input, and write nothing but its own topics', () => {
    const acls = planAcls(config()).filter(({ role }) => role === 'worker');
    expect(acls.map(show)).toEqual([
      'topic usage-events Read',
      'topic segtide.assignments Write',
      'topic segtide.transitions Write',
      'topic segtide.alerts Write',
      'topic segtide.late Write',
      'topic segtide.dead-letters Write',
      'topic segtide.models Read',
      'topic segtide.samples Write',
      'topic segtide.statistics Write',
      'topic segtide.state Read,Write,Delete',
      'topic segtide.forget-requests Read',
      'group g Read',
      'group g-reader-* Read',
      'transactional-id segtide.worker-* Write',
    ]);
  });

  it('lets nobody but the trainer write models', () => {
    const writers = planAcls(config()).filter(
      ({ name, operations }) => name === 'segtide.models' && operations.includes('Write'),
    );
    expect(writers.map(({ role }) => role)).toEqual(['trainer']);
  });

  it('asks for no transactional ids of workers where they have no transactions', () => {
    const acls = planAcls(config('', 'delivery: { guarantee: at-least-once }'));
    const ids = acls.filter(({ resource }) => resource === 'transactional-id');
    expect(ids.map(show)).toEqual(['transactional-id segtide.trainer Write']);
  });

  it('lets a view and an operator change nothing but requests', () => {
    const acls = planAcls(config()).filter(({ role }) => role === 'view' || role === 'admin');
    const writes = acls.filter(({ operations }) => operations.includes('Write') || operations.includes('Delete'));
    expect(writes.map(show)).toEqual([
      'topic segtide.model-requests Write,Create,Describe,DescribeConfigs',
      'topic segtide.forget-requests Write,Create,Describe,DescribeConfigs',
    ]);
  });

  it('lets a view with a token ask for models', () => {
    const acls = planAcls(config('', 'view: { token: abc }')).filter(({ role }) => role === 'view');
    expect(acls.map(show)).toEqual(
      expect.arrayContaining([
        'topic segtide.model-requests Write',
        'topic segtide.models Read',
        'group g-reader-* Read',
      ]),
    );
  });

  it('lets who sends alerts read those, and nothing else', () => {
    const acls = planAcls(config()).filter(({ role }) => role === 'notifier');
    expect(acls.map(show)).toEqual(['topic segtide.alerts Read', 'group g-notify-* Read']);
  });

  it.each([
    ['/^usage-.*/', 'topic usage-* Read'],
    ['/usage/', 'topic * Read'],
  ])('lets the topics of the pattern %s be read by what they begin with', (pattern, wanted) => {
    expect(planAcls(config(`, topics: ${pattern}`)).map(show)).toContain(wanted);
  });

  it('needs nothing for the topics of other roles', () => {
    const names = topicsOf(planTopics(config()), ['worker']).map(({ name }) => name);
    expect(names).not.toContain('segments');
    expect(names).not.toContain('trainer-state');
    expect(names).toContain('state');
  });
});

describe('renderAcls', () => {
  it('writes a line for all that need the same', () => {
    const acls = planAcls(config()).filter(({ role }) => role === 'trainer');
    expect(renderAcls(acls, ['a:1', 'b:2']).split('\n')).toContain(
      "kafka-acls.sh --bootstrap-server a:1,b:2 --add --allow-principal User:segtide-trainer --operation Write --topic 'segtide.segments' --topic 'segtide.drift' --topic 'segtide.model-events'",
    );
    expect(renderAcls(acls, ['a:1'])).toContain("--resource-pattern-type prefixed --group 'g-trainer-reader-'");
  });
});

describe('literalPrefixOf', () => {
  it.each([
    [/^usage-.*/, 'usage-'],
    [/^usage\.(eu|us)$/, ''],
    [/^usage\.eu\..+/, 'usage.eu.'],
    [/^usages?$/, 'usage'],
    [/^ab*/, 'a'],
    [/^ab{0,2}/, 'a'],
    [/^ab+/, 'ab'],
    [/^[uv]sage/, ''],
    [/usage/, ''],
    [/^a\dc/, 'a'],
  ])('of %s is %j', (pattern, prefix) => {
    expect(literalPrefixOf(pattern)).toBe(prefix);
  });
});
