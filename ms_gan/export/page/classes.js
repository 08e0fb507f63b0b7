// Classes of a conditional generator. A label is a list of [class, share]: of one class, or of several that are mixed.

const SAMPLE_LABELS = 14n; // what the numbers are for: ms_gan/seeds.py
const MOST_SHOWN = 100; // classes that the large sample is shown in

const pure = (number) => [[number, 1]];

// The classes of one block of a seed's samples, as ms_gan/generators/labels.py draws them; counts: images of each class.
function labelBlock(seed, block, counts) {
  const next = philox([seed, SAMPLE_LABELS], BigInt(block));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const numbers = Array.from({ length: BLOCK / 4 }, next).flat();
  return numbers.map((number) => {
    const place = (Number(number >> 11n) / 2 ** 53) * all;
    let [label, end] = [0, counts[0]];
    while (end <= place && label < counts.length - 1) end += counts[++label];
    return label;
  });
}

// A label between two.
function mixLabels(from, to, share) {
  const mixed = new Map(from.map(([label, part]) => [label, part * (1 - share)]));
  for (const [label, part] of to) mixed.set(label, (mixed.get(label) ?? 0) + part * share);
  return [...mixed];
}

// A row of a table with one row for each class, or a mixture of its rows.
function rowOf(table, length, label) {
  const row = new Float32Array(length);
  for (const [number, share] of label) {
    for (let i = 0; i < length; i++) row[i] += share * table[number * length + i];
  }
  return row;
}
