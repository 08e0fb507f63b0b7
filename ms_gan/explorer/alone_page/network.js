// The generator's graph, described in ms_gan/explorer/alone.py. Values are {height, width, channels, data}, channels last.

// Numbers from base64: float16 where a layer has many, float32 elsewhere, lower byte first.
function readNumbers(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const half = Float32Array.from({ length: 65536 }, (_, bits) => {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024);
    return bits >> 15 ? -size : size;
  });
  const view = new DataView(bytes.buffer);
  let at = 0;
  return ({ count, halved }) =>
    Float32Array.from({ length: count }, () => {
      at += halved ? 2 : 4;
      return halved ? half[view.getUint16(at - 2, true)] : view.getFloat32(at - 4, true);
    });
}

function blank(height, width, channels) {
  return { height, width, channels, data: new Float32Array(height * width * channels) };
}

function filled(value, bias) {
  if (bias) for (let at = 0; at < value.data.length; at += bias.length) value.data.set(bias, at);
  return value;
}

// Each output pixel gathers a window of the input; weights are (kernel, kernel, inputs, outputs).
function convolution(x, { kernel, stride, before, after, outputs }, [weight, bias]) {
  const side = (size) => Math.floor((size + before + after - kernel) / stride) + 1;
  const y = filled(blank(side(x.height), side(x.width), outputs), bias);
  for (let row = 0; row < y.height; row++) {
    for (let column = 0; column < y.width; column++) {
      const to = (row * y.width + column) * outputs;
      for (let tap = 0; tap < kernel * kernel; tap++) {
        const top = row * stride - before + Math.floor(tap / kernel);
        const left = column * stride - before + (tap % kernel);
        if (top < 0 || left < 0 || top >= x.height || left >= x.width) continue;
        add(y.data, to, x.data, (top * x.width + left) * x.channels, x.channels, weight, tap * x.channels * outputs, outputs);
      }
    }
  }
  return y;
}

// Each input pixel adds a window to the output; weights as above.
function transposed(x, { kernel, stride, before, after, outputs }, [weight, bias]) {
  const side = (size) => (size - 1) * stride + kernel - before - after;
  const y = filled(blank(side(x.height), side(x.width), outputs), bias);
  for (let row = 0; row < x.height; row++) {
    for (let column = 0; column < x.width; column++) {
      const from = (row * x.width + column) * x.channels;
      for (let tap = 0; tap < kernel * kernel; tap++) {
        const top = row * stride - before + Math.floor(tap / kernel);
        const left = column * stride - before + (tap % kernel);
        if (top < 0 || left < 0 || top >= y.height || left >= y.width) continue;
        add(y.data, (top * y.width + left) * outputs, x.data, from, x.channels, weight, tap * x.channels * outputs, outputs);
      }
    }
  }
  return y;
}

// Adds a pixel times a matrix to another pixel; what a rectifier made zero costs nothing.
function add(to, place, from, start, inputs, weight, first, outputs) {
  for (let input = 0; input < inputs; input++) {
    const value = from[start + input];
    if (value === 0) continue;
    const row = first + input * outputs;
    for (let output = 0; output < outputs; output++) to[place + output] += value * weight[row + output];
  }
}

function each(x, compute) {
  const y = blank(x.height, x.width, x.channels);
  for (let at = 0; at < y.data.length; at++) y.data[at] = compute(x.data[at], at % x.channels, at);
  return y;
}

// A row of numbers times a matrix (inputs, outputs).
function dense(x, { outputs }, [weight, bias]) {
  const y = filled(blank(1, 1, outputs), bias);
  add(y.data, 0, x.data, 0, x.data.length, weight, 0, outputs);
  return y;
}

// For each pixel of a map the row of a table that its number names.
function rowsOf(map, { width }, [table]) {
  const y = blank(map.height, map.width, width);
  map.data.forEach((number, at) => y.data.set(table.subarray(number * width, (number + 1) * width), at * width));
  return y;
}

// A row of numbers, channel by channel, as an image.
function reshaped(x, { shape: [channels, height, width] }) {
  const y = blank(height, width, channels);
  x.data.forEach((value, at) => (y.data[(at % (height * width)) * channels + Math.floor(at / (height * width))] = value));
  return y;
}

function instance(x, { epsilon }, [scale, offset]) {
  const pixels = x.height * x.width;
  const mean = new Float64Array(x.channels);
  const spread = new Float64Array(x.channels);
  x.data.forEach((value, at) => (mean[at % x.channels] += value / pixels));
  x.data.forEach((value, at) => (spread[at % x.channels] += (value - mean[at % x.channels]) ** 2 / pixels));
  return each(x, (value, c) => ((value - mean[c]) / Math.sqrt(spread[c] + epsilon)) * scale[c] + offset[c]);
}

// A picture whose pixels are those of another one, by row and column.
function gathered(x, height, width, row, column) {
  const y = blank(height, width, x.channels);
  for (let at = 0; at < height * width; at++) {
    const from = (row(Math.floor(at / width)) * x.width + column(at % width)) * x.channels;
    y.data.set(x.data.subarray(from, from + x.channels), at * x.channels);
  }
  return y;
}

// Where a place beyond the border lies when the picture is mirrored at its outermost pixels.
function mirrored(place, size) {
  if (size === 1) return 0;
  const turn = 2 * (size - 1);
  const at = ((place % turn) + turn) % turn;
  return Math.min(at, turn - at);
}

function reflected(x, [top, bottom], [left, right]) {
  const [height, width] = [x.height + top + bottom, x.width + left + right];
  return gathered(x, height, width, (row) => mirrored(row - top, x.height), (column) => mirrored(column - left, x.width));
}

function joined(...values) {
  const [{ height, width }] = values;
  const y = blank(height, width, values.reduce((sum, { channels }) => sum + channels, 0));
  let first = 0;
  for (const { channels, data } of values) {
    for (let at = 0; at < height * width; at++) y.data.set(data.subarray(at * channels, (at + 1) * channels), at * y.channels + first);
    first += channels;
  }
  return y;
}

const LAYERS = {
  Convolution: convolution,
  TransposedConvolution: transposed,
  BatchNorm: (x, _, [scale, offset]) => each(x, (value, c) => value * scale[c] + offset[c]),
  InstanceNorm: instance,
  Rectifier: (x, { slope }) => each(x, (value) => (value > 0 ? value : slope * value)),
  Tanh: (x) => each(x, Math.tanh),
  Dense: dense,
  Embedding: rowsOf,
  ChannelsFirst: (x) => x,
  MaxPool: (x, { stride }) => gathered(x, x.height / stride, x.width / stride, (row) => row * stride, (column) => column * stride),
  Reshape: reshaped,
  Sigmoid: (x) => each(x, (value) => 1 / (1 + Math.exp(-value))),
  Pad: (x, { rows, columns }) => reflected(x, rows, columns),
  Upsample: (x, { factor }) =>
    gathered(x, factor * x.height, factor * x.width, (row) => Math.floor(row / factor), (column) => Math.floor(column / factor)),
};
const JOINING = {
  Multiply: (x, y) => each(x, (value, _, at) => value * y.data[at]),
  Add: (x, y) => each(x, (value, _, at) => value + y.data[at]),
  Concat: joined,
};

// The layers of a graph with their numbers; each takes earlier results by their places, after what is given.
function readGraph(nodes, text) {
  const next = readNumbers(text);
  return nodes.map((node) => ({ ...node, arrays: node.numbers.map(next) }));
}

function run(graph, ...given) {
  const results = given;
  for (const { kind, inputs, options, arrays } of graph) {
    const taken = inputs.map((place) => results[place]);
    results.push(kind in JOINING ? JOINING[kind](...taken) : LAYERS[kind](taken[0], options, arrays));
  }
  return results[results.length - 1];
}

// What it makes of a picture of any size: filled up by reflection to sides that the halvings divide, and cut back.
function translate(graph, multiple, picture) {
  const split = (side) => {
    const more = Math.ceil(side / multiple) * multiple - side;
    return [Math.floor(more / 2), more - Math.floor(more / 2)];
  };
  const [rows, columns] = [split(picture.height), split(picture.width)];
  const made = run(graph, reflected(picture, rows, columns));
  return gathered(made, picture.height, picture.width, (row) => row + rows[0], (column) => column + columns[0]);
}
