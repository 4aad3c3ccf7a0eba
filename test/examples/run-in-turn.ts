// Runs examples in one process, since starting one takes longer than they do: NAME SIZE for each, and a line before it.
const given = process.argv.slice(2);
for (let i = 0; i < given.length; i += 2) {
  console.log(`== ${given[i]}`);
  process.argv[2] = given[i + 1]!;
  await import(`../../examples/${given[i]}.ts`);
}
