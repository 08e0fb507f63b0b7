// The generator: transposed convolutions with channels last, described in ms_gan/export/folded.py.

// Every float16 as a number.
function halfTable() {
  return Float32Array.from({ length: 65536 }, (_, bits) => {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024);
    return bits >> 15 ? -size : size;
  });
}

// Layers with their weights (inputs, kernel, kernel, outputs) and biases, from base64 of float16, lower byte first. Labels
// scale and shift the outputs of some: a row of numbers for each class.
function readLayers(described, text, classes) {
  const bytes = atob(text);
  const table = halfTable();
  let at = 0;
  const numbers = (count) =>
    Float32Array.from({ length: count }, () => {
      at += 2;
      return table[bytes.charCodeAt(at - 2) | (bytes.charCodeAt(at - 1) << 8)];
    });
  return described.map((layer) => ({
    ...layer,
    weight: numbers(layer.inputs * layer.kernel ** 2 * layer.outputs),
    bias: numbers(layer.outputs),
    scale: layer.scaled ? numbers(classes * layer.outputs) : null,
    shift: layer.shifted ? numbers(classes * layer.outputs) : null,
  }));
}

// Adds every input pixel's kernel x kernel patch to the result; what a rectifier made zero costs nothing.
function spread(layer, pixels) {
  const { inputs, outputs, kernel, stride, before, weight, bias } = layer;
  const [rows, columns] = layer.taken;
  const [height, width] = layer.made;
  const result = new Float32Array(height * width * outputs);
  for (let at = 0; at < result.length; at += outputs) result.set(bias, at);
  for (let input = 0; input < inputs; input++) {
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      const value = pixels[pixel * inputs + input];
      if (value === 0) continue;
      const top = Math.floor(pixel / columns) * stride - before;
      const left = (pixel % columns) * stride - before;
      for (let y = Math.max(0, -top); y < Math.min(kernel, height - top); y++) {
        for (let x = Math.max(0, -left); x < Math.min(kernel, width - left); x++) {
          const from = ((input * kernel + y) * kernel + x) * outputs;
          const to = ((top + y) * width + left + x) * outputs;
          for (let output = 0; output < outputs; output++) result[to + output] += value * weight[from + output];
        }
      }
    }
  }
  return result;
}

// What a label does to a layer's outputs.
function condition(layer, values, label) {
  const { outputs } = layer;
  if (layer.scale) {
    const scale = rowOf(layer.scale, outputs, label);
    for (let i = 0; i < values.length; i++) values[i] *= scale[i % outputs];
  }
  if (layer.shift) {
    const shift = rowOf(layer.shift, outputs, label);
    for (let i = 0; i < values.length; i++) values[i] += shift[i % outputs];
  }
  return values;
}

function activate(values, activation) {
  if (activation === "tanh") return values.map(Math.tanh);
  if (activation === null) return values;
  return values.map((value) => (value > 0 ? value : activation * value));
}

// The image of a latent, in a class if there are classes: numbers in [-1, 1], row by row, channels last.
function generate(layers, latent, label) {
  return layers.reduce((values, layer) => activate(condition(layer, spread(layer, values), label), layer.activation), latent);
}
