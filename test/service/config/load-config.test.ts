import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { toAssignment } from '../../../src/service/config/assignment.js';
import { type ConfigSources, loadConfig } from '../../../src/service/config/load-config.js';

describe('loadConfig', () => {
  it('fills in every default, durations in milliseconds', () => {
    const config = loadConfig({});
    expect(config.cluster.k).toBe(6);
    expect(config.cluster.epochWindows).toBe(10_000);
    expect(config.run.seed).toBe(42);
    expect(config.window.outOfOrderness).toBe(300_000);
    expect(config.output.topicPrefix).toBe('segtide.');
  });

  it('reads durations with units and calendar steps', () => {
    const config = loadConfig(file('window: { step: 15m, allowedLateness: 1h30m, emit: 5m, hop: 1h }'));
    expect(config.window).toMatchObject({ step: 900_000, allowedLateness: 5_400_000, emit: 300_000, hop: '1h' });
    expect(loadConfig(file('window: { step: week, hop: 4 }')).window).toMatchObject({ step: 'week', hop: 4 });
  });

  it('takes a section whose keys are all commented out as not given', () => {
    expect(loadConfig(file('window:\n  # steps: 3\ncluster: { k: 2 }')).cluster.k).toBe(2);
  });

  it('lets a flag win over the environment, that over the file, and the file over the default', () => {
    const text = 'cluster: { k: 2, starts: 2, epochWindows: 2 }';
    const env = { SEGTIDE_CLUSTER__K: '3', SEGTIDE_CLUSTER__STARTS: '3' };
    const { cluster } = loadConfig({ ...file(text), env, flags: [toAssignment('cluster.k=4')] });
    expect(cluster).toEqual({ k: 4, distance: 'euclidean', starts: 3, epochWindows: 2 });
    expect(loadConfig({}).cluster).toEqual({ k: 6, distance: 'euclidean', starts: 10, epochWindows: 10_000 });
  });

  it('lists all problems at once, each where it was written', () => {
    const text = ['window:', '  stepz: 3', '  steps: 1.5', 'cluster:', '  k: 0', 'serees: {}'].join('\n');
    const env = { SEGTIDE_RUN__SEED: 'many' };
    const flags = [
      toAssignment('window.outOfOrderness=5m'),
      toAssignment('widow.hop=1'),
      toAssignment('series.scale=zscor'),
    ];
    expect(problems({ ...file(text), env, flags })).toEqual([
      "--set widow.hop: unknown key 'widow'; did you mean 'window'?",
      "c.yaml:3:3: 'window.steps' must be a whole number; got 1.5",
      "c.yaml:2:3: unknown key 'window.stepz'; did you mean 'step'?",
      "--set series.scale: 'series.scale' must be one of zscore, robust, max, minmax, none; got 'zscor'; did you mean 'zscore'?",
      "c.yaml:5:3: 'cluster.k' must be at least 1 (segments); got 0",
      "SEGTIDE_RUN__SEED: 'run.seed' must be a number; got 'many'",
      "c.yaml:6:1: unknown key 'serees'; did you mean 'series'?",
    ]);
  });

  it.each([
    ['window: { outOfOrderness: "5" }', "'window.outOfOrderness' must be a duration with its unit"],
    ['window: { allowedLateness: 5 }', "'window.allowedLateness' must be a duration with its unit, such as 250ms, 5m"],
    ['model: { retrain: { minInterval: 7 } }', "'model.retrain.minInterval' must be a duration with its unit"],
    ['window: { emit: 900000 }', 'onClose, or a duration such as 15m'],
    ['window: { step: 3600000 }', 'hour, day, week, month'],
    ['window: { step: 10ms }', 'hour, day, week, month'],
    ['window: { hop: 0 }', "'window.hop' must be at least 1; got 0"],
    ['window: { hop: true }', 'a number of steps from 1 to 65535, or a duration'],
    ['window: { timeZone: Mars/Olympus }', "an IANA time zone such as UTC or America/New_York; got 'Mars/Olympus'"],
    [
      'window: { origin: yesterday }',
      "a date or time such as 2012-12-31 or 2013-01-01T00:00:00Z, or epoch milliseconds; got 'yesterday'",
    ],
    ['input: { channels: [{ name: a }] }', "'input.channels.0' must be either a value (`field: <name>`)"],
    ['input: { channels: [{ name: a, count: true, cumulative: true }] }', "'input.channels.0' must be either"],
    ['input: { channels: [{ name: a, elements: 8 }] }', 'an array of them (with `elements`) or a number of events'],
    [
      'input: { kind: kafka, kafka: { brokers: [b:9092] }, channels: [{ name: a, field: a, elements: 256 }] }',
      '255 channels at most for `input.kind: kafka`',
    ],
    ['input: { channels: [] }', "'input.channels' must be at least 1 entries; got []"],
    ['input: { kafka: { topics: t } }', "'input.kafka.brokers' is missing; it must be a list"],
    ['input: { kind: kafka }', "'input.kafka' must be given, with at least `brokers`"],
    ['input: { kafka: { brokers: [localhost] } }', '`host:port`, such as localhost:9092'],
    ['input: { kafka: { brokers: [a:1], format: avro } }', "'input.kafka.avroSchema' must be the path of a schema"],
    ['input: { kafka: { brokers: [a:1], topic: t } }', 'is now `topics`, a list: `topics: [usage-events]`'],
    [
      'input: { kafka: { brokers: [a:1], fromBeginning: false } }',
      'is now `startAt: earliest` (true) or `startAt: latest`',
    ],
    ['input: { kafka: { brokers: [a:1], ssl: true } }', 'did you mean `tls: true`?'],
    [
      'input: { kafka: { brokers: [a:1], tls: { cart: x } } }',
      "unknown key 'input.kafka.tls.cart'; did you mean 'cert'?",
    ],
    ['input: { kafka: { brokers: [a:1], tls: { cert: x } } }', "'input.kafka.tls.key' must be the PEM file of the key"],
    [
      'input: { kafka: { brokers: [a:1], tls: { passphrase: hush } } }',
      "'input.kafka.tls.passphrase' must be left out",
    ],
    ['input: { kafka: { brokers: [a:1], topics: [a, /b/] } }', 'or one pattern between slashes such as /^usage-.*/'],
    ['input: { kafka: { brokers: [a:1], topics: "/(/" } }', 'or one pattern between slashes'],
    ['input: { kafka: { brokers: [a:1], topics: [a b] } }', 'letters, digits, `.`, `_` and `-`'],
    [
      'input: { kafka: { brokers: [a:1], startAt: newest } }',
      'earliest, latest, or a date (UTC) or a time with its offset',
    ],
    ['input: { kafka: { brokers: [a:1], startAt: "2026-01-31T08:00:00" } }', 'a time with its offset'],
    ['output: { topics: { asignments: x } }', "did you mean 'assignments'?"],
    ['output: { topics: { late: segtide.drift } }', 'other names than each other'],
    [
      'input: { kind: kafka, kafka: { brokers: [a:1], topics: /^seg/ } }',
      'segtide would read what it writes; change these, `output.topicPrefix` or the topics of the input',
    ],
    ['output: { replicationFactor: 2, minInsyncReplicas: 3 }', 'at most `output.replicationFactor`'],
    ['delivery: { commitEvery: 1m, checkpointEvery: 1s }', 'at least `delivery.commitEvery`'],
    [
      'input: { kind: kafka, kafka: { brokers: [a:1] } }\noutput: { kind: kafka, kafka: { brokers: [b:1] } }',
      'are committed to one cluster',
    ],
    ['output: { kind: kafka }', '`output.kafka.brokers` or `input.kafka.brokers` names the brokers'],
    ['output: { format: avro }', '`output.kind` is kafka'],
    ['window: { deduplicate: true }', '`input.fields.eventId` says which field'],
    ['run: { resume: true }', '`output.path` names the folder'],
    ['drift: 3', "'drift' must be a section with keys; got 3"],
    ['drift: { thresholds: { psi: 0 } }', "'drift.thresholds.psi' must be above 0; got 0"],
    ['encoder: { learningRate: .nan }', "'encoder.learningRate' must be a number"],
  ])('refuses %j in words', (text, words) => {
    expect(() => loadConfig(file(text))).toThrow(words);
  });

  it('says what was got only where a key is given', () => {
    const broken = 'input: { kind: kafka, kafka: { brokers: [a:1], topics: /^seg/ } }';
    expect(problems(file(broken))[0]).not.toContain('got');
    expect(problems(file(`${broken}\noutput: { topics: { late: segments } }`))[0]).toMatch(
      /; got \{"late":"segments"\}$/,
    );
  });

  it('names the line of an element in a list', () => {
    const text =
      'input:\n  channels:\n    - { name: a, count: true }\n    - name: b\n      feild: kwh\n      field: x\n';
    expect(problems(file(text))).toEqual(["c.yaml:5:7: unknown key 'input.channels.1.feild'; did you mean 'field'?"]);
  });

  it.each([
    ['window: [1', /^c\.yaml:1:\d+: not valid YAML/],
    ['a: 1\na: 2', /^c\.yaml:2:1: not valid YAML: Map keys must be unique/],
    ['- 1', /^c\.yaml:1:1: a config is made of sections/],
    ['just words', /^c\.yaml:1:1: a config is made of sections/],
  ])('says where %j is no config', (text, words) => {
    expect(problems(file(text))[0]).toMatch(words);
  });

  it('keeps no key of the prototype', () => {
    expect(problems(file('__proto__: { polluted: true }\nconstructor: 1'))).toEqual([
      expect.stringContaining("unknown key '__proto__'"),
      expect.stringContaining("unknown key 'constructor'"),
    ]);
    expect(problems({ flags: [toAssignment('__proto__.polluted=1')] })).toHaveLength(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('keeps a bare value that stands in place of a section, so that it is refused', () => {
    expect(problems({ ...file('drift: 3'), flags: [toAssignment('drift.everyWindows=5')] })).toHaveLength(1);
  });
});

describe('several problems', () => {
  it('are told at once: keys, rules across keys, and what the stages complain of', () => {
    const text = `
input: { kind: file, live: true, paths: [a.csv], negative: never }
window: { deduplicate: true, minObserved: 30 }
series: { smooth: average, smoothWidth: 4 }
cluster: { k: 0 }
output: { format: avro }`;
    expect(problems(file(text)).map((problem) => problem.replace(/^(\S+:) '?(\S+?)'? must.*/, '$1 $2'))).toEqual([
      'c.yaml:2:50: input.negative',
      'c.yaml:5:12: cluster.k',
      'c.yaml:2:22: input.live',
      'c.yaml:6:11: output.format',
      'c.yaml:3:11: window.deduplicate',
      'window: `minObserved`',
      'series: `smoothWidth`',
    ]);
  });

  it('say nothing of rules and stages that read a key that is wrong', () => {
    expect(problems(file('window: { steps: many, hop: 36h, step: day }\nseries: { length: 12 }'))).toHaveLength(1);
    expect(problems(file('output: { kind: kafkaa, format: avro }'))).toHaveLength(1);
    expect(problems(file('input: { kind: kafka, kafka: { brokers: 3 } }'))).toHaveLength(1);
  });

  it.each([
    ['input: { live: true, paths: ["-"] }', 0],
    ['input: { live: true, paths: [a.csv] }', 1],
    ['input: { kind: kafka, live: true, kafka: { brokers: [a:1] } }', 0],
    ['input: { kind: kafka, live: false, kafka: { brokers: [a:1] } }', 1],
  ])('live input is standard input or Kafka: %s', (text, count) => {
    expect(problems(file(text))).toHaveLength(count);
  });
});

describe('connections to Kafka', () => {
  const kafka = (keys: string): string => `input: { kafka: { brokers: [a:1], ${keys} } }`;
  const PLAIN = 'sasl: { mechanism: plain, username: u, password: s3cret }';

  it.each([
    ['true', {}],
    ['false', undefined],
    ['{ ca: ca.pem }', { ca: 'ca.pem' }],
  ])('takes `tls: %s`', (written, tls) => {
    expect(loadConfig(file(kafka(`tls: ${written}`))).input.kafka?.tls).toEqual(tls);
  });

  it('lets a key of `tls` from elsewhere take the place of true', () => {
    const env = { SEGTIDE_INPUT__KAFKA__TLS__CA: '/etc/ca.pem', SEGTIDE_INPUT__KAFKA__TLS__SERVERNAME: 'kafka' };
    const tls = { ca: '/etc/ca.pem', servername: 'kafka' };
    expect(loadConfig({ ...file(kafka('tls: true')), env }).input.kafka?.tls).toEqual(tls);
    expect(loadConfig({ ...file(kafka('')), env }).input.kafka?.tls).toEqual(tls);
  });

  it.each(['plain', 'oauthbearer'])(
    'sends no secret over a connection without TLS, unless allowed: %s',
    (mechanism) => {
      const keys = mechanism === 'plain' ? 'username: u, password: s3cret' : 'tokenFile: /token';
      const sasl = (more: string): string => `sasl: { mechanism: ${mechanism}, ${keys} ${more} }`;
      const [problem, ...others] = problems(file(kafka(sasl(''))));
      expect(problem).toContain('input.kafka.tls` for mechanisms plain and oauthbearer, which send the secret itself');
      expect(problem).not.toContain('s3cret');
      expect(others).toEqual([]);
      expect(() => loadConfig(file(kafka(sasl(', allowPlaintext: true'))))).not.toThrow();
      expect(() => loadConfig(file(kafka(`tls: true, ${sasl('')}`)))).not.toThrow();
      const output = `output: { kafka: { brokers: [a:1], ${sasl('')} } }`;
      expect(problems(file(output))[0]).toContain("'output.kafka.sasl' must be with `output.kafka.tls`");
    },
  );

  it('takes SCRAM over a connection without TLS', () => {
    expect(() => loadConfig(file(kafka('sasl: { mechanism: scram-sha-512, username: u, password: p }')))).not.toThrow();
  });

  it.each([
    ['mechanism: plain', 'the user name for `mechanism: plain`'],
    ['mechanism: plain, username: u, password: p, scope: s', 'left out with `mechanism: plain`'],
    ['mechanism: oauthbearer', 'the endpoint that gives tokens, or `tokenFile` given'],
    ['mechanism: oauthbearer, tokenFile: f, clientSecret: s', 'left out with `tokenFile`, which gives the token'],
    ['mechanism: oauthbearer, tokenUrl: "http://x", clientId: c, clientSecret: s', 'an https address'],
    ['mechanism: oauthbearer, tokenUrl: nowhere, clientId: c, clientSecret: s', 'an https address'],
    ['mechanism: scram', 'one of plain, scram-sha-256, scram-sha-512, oauthbearer'],
  ])('refuses a login of %s in words', (keys, words) => {
    expect(problems(file(kafka(`tls: true, sasl: { ${keys} }`))).join()).toContain(words);
  });

  it('takes secrets from files', () => {
    const env = {
      SEGTIDE_INPUT__KAFKA__SASL__CLIENT_SECRET_FILE: '/run/secret',
      SEGTIDE_INPUT__KAFKA__TLS__PASSPHRASE_FILE: '/run/passphrase',
    };
    const keys = 'tls: { cert: c, key: k }, sasl: { mechanism: oauthbearer, tokenUrl: "https://x/token", clientId: c }';
    const { tls, sasl } = loadConfig({ ...file(kafka(keys)), env, readFile: (path) => `${path}\n` }).input.kafka!;
    expect(sasl).toMatchObject({ clientSecret: '/run/secret' });
    expect(tls).toEqual({ cert: 'c', key: 'k', passphrase: '/run/passphrase' });
  });

  it('takes topics as a list, one name or a pattern, wherever they are written', () => {
    const topics = (sources: ConfigSources): readonly string[] => loadConfig(sources).input.kafka!.topics;
    expect(topics(file(kafka('')))).toEqual(['usage-events']);
    expect(topics(file(kafka('topics: [a, b]')))).toEqual(['a', 'b']);
    expect(topics(file(kafka('topics: /^usage-.*/')))).toEqual(['/^usage-.*/']);
    const flag = (value: string) => ({ ...file(kafka('')), flags: [toAssignment(`input.kafka.topics=${value}`)] });
    expect(topics(flag('a,b'))).toEqual(['a', 'b']);
    expect(topics(flag('/^usage-{1,2}/'))).toEqual(['/^usage-{1,2}/']);
  });

  it('takes a time to start at', () => {
    const start = (text: string) => loadConfig(file(kafka(`startAt: ${text}`))).input.kafka!.startAt;
    expect(start('latest')).toBe('latest');
    expect(start('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
    expect(start('2026-01-31T08:00:00+02:00')).toBe(Date.UTC(2026, 0, 31, 6));
  });

  it('says what became of a key in a variable, too', () => {
    const env = { SEGTIDE_INPUT__KAFKA__SSL: 'true', SEGTIDE_INPUT__KAFKA__FROM_BEGINNING: 'true' };
    expect(problems({ ...file(kafka(PLAIN)), env })).toEqual(
      expect.arrayContaining([
        expect.stringContaining(
          'SEGTIDE_INPUT__KAFKA__SSL: the variable names no config key; did you mean `tls: true`?',
        ),
        expect.stringContaining('startAt'),
      ]),
    );
  });

  it('names single topics by variables, too', () => {
    const env = { SEGTIDE_OUTPUT__TOPICS__DEAD_LETTERS: 'refused' };
    expect(loadConfig({ env }).output.topics).toEqual({ 'dead-letters': 'refused' });
  });
});

describe('flags', () => {
  it('reads a value as the type of its key', () => {
    const flags = ['name=007', 'input.paths=a.csv,b.csv', 'run.resume=false', 'input.csv.header=[a, b]'].map(
      toAssignment,
    );
    const config = loadConfig({ flags });
    expect(config.name).toBe('007');
    expect(config.input.paths).toEqual(['a.csv', 'b.csv']);
    expect(config.run.resume).toBe(false);
    expect(config.input.csv.header).toEqual(['a', 'b']);
  });

  it('sets an element of a list by its index', () => {
    const flags = ['input.channels.0.name=kwh', 'input.channels.0.field=v', 'input.channels.0.aggregate=mean'].map(
      toAssignment,
    );
    expect(loadConfig({ flags }).input.channels).toEqual([
      { name: 'kwh', field: 'v', aggregate: 'mean', cumulative: false, optional: false },
    ]);
  });

  it('asks for a value that is missing', () => {
    expect(problems({ flags: [toAssignment('cluster.k')] })).toEqual([
      '--set cluster.k: a value is missing; write --set cluster.k=<value>',
    ]);
  });
});

describe('the environment', () => {
  it('parts levels by two underscores and words by one', () => {
    const env = { SEGTIDE_MODEL__FIRST_FIT: '7', SEGTIDE_INPUT__KAFKA__BROKERS: 'a:9092,b:9092', SEGTIDE_NAME: 'mine' };
    const config = loadConfig({ env });
    expect(config.model.firstFit).toBe(7);
    expect(config.input.kafka?.brokers).toEqual(['a:9092', 'b:9092']);
    expect(config.name).toBe('mine');
  });

  it('reads the value of a _FILE variable from that file, without the newline at its end', () => {
    const env = {
      SEGTIDE_INPUT__KAFKA__BROKERS: 'a:1',
      SEGTIDE_INPUT__KAFKA__TLS: 'true',
      SEGTIDE_INPUT__KAFKA__SASL__MECHANISM: 'plain',
      SEGTIDE_INPUT__KAFKA__SASL__USERNAME: 'u',
      SEGTIDE_INPUT__KAFKA__SASL__PASSWORD_FILE: '/run/secret',
    };
    const config = loadConfig({ env, readFile: (path) => `from ${path}\n` });
    expect(config.input.kafka?.sasl).toMatchObject({ password: 'from /run/secret' });
  });

  it('tells of a _FILE that cannot be read', () => {
    const env = { SEGTIDE_RUN__SEED_FILE: '/nowhere' };
    const readFile = (): never => {
      throw new Error('ENOENT');
    };
    expect(problems({ env, readFile })).toEqual(["SEGTIDE_RUN__SEED_FILE: can't read the file '/nowhere': ENOENT"]);
  });

  it('refuses a variable that names no key, and says which is near', () => {
    expect(problems({ env: { SEGTIDE_WINDOW__STEPZ: '1' } })).toEqual([
      "SEGTIDE_WINDOW__STEPZ: the variable names no config key; did you mean 'window.step'?",
    ]);
  });

  it('leaves variables of others alone', () => {
    expect(() =>
      loadConfig({ env: { SEGTIDE_SERVICE_HOST: '10.0.0.1', SEGTIDE_TEST_KAFKA: 'x', PATH: '/bin' } }),
    ).not.toThrow();
  });

  it('never shows a secret in a complaint', () => {
    const text = 'input: { kafka: { brokers: [a:1], sasl: { mechanism: plain, username: u, password: 12345 } } }';
    const [problem] = problems(file(text));
    expect(problem).toContain("'input.kafka.sasl.password' must be text; got a masked value");
    expect(problem).not.toContain('12345');
  });
});

function file(text: string): ConfigSources {
  return { file: { path: 'c.yaml', text } };
}

/** What is wrong with a config, line by line. */
function problems(sources: ConfigSources): string[] {
  try {
    loadConfig(sources);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SegtideError);
    expect((error as SegtideError).code).toBe('config');
    const lines = (error as SegtideError).message.split('\n  ');
    return lines.length === 1 ? lines : lines.slice(1);
  }
}
