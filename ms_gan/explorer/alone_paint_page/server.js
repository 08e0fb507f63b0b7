// What answers the page where there is no server: the generator itself, in the page.

const told = JSON.parse(document.getElementById("description").textContent);
let graph = null;

export const about = async () => told.about;

export async function send(path, content) {
  const [name, query] = path.split("?");
  await new Promise((done) => setTimeout(done)); // what the page said is drawn first
  const bytes = name === "read" ? await numbersIn(content) : painted(new Uint8Array(await content.arrayBuffer()), query);
  return { arrayBuffer: async () => bytes.buffer };
}

// The picture of a map of class numbers: bytes, channels last.
function painted(numbers, query) {
  graph ??= readGraph(told.graph, document.getElementById("weights").textContent);
  const { height, width } = told.about.image;
  const map = { height, width, channels: 1, data: numbers };
  const latents = { height: 1, width: 1, channels: told.about.style, data: latentOf(new URLSearchParams(query)) };
  const made = run(graph, map, latents);
  return Uint8Array.from(made.data, (value) => Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5));
}

// A place on a circle through a seed's first two styles, times a strength.
function latentOf(asked) {
  const { style } = told.about;
  const next = normalNumbers(Number(asked.get("seed")));
  const [first, second] = [0, 1].map(() => Float32Array.from({ length: style }, next));
  const angle = 2 * Math.PI * Number(asked.get("place"));
  return first.map((value, i) => Number(asked.get("strength")) * (Math.cos(angle) * value + Math.sin(angle) * second[i]));
}

// Numbers from N(0, 1) that a seed fixes: Box and Muller 1958, of the generator mulberry32.
function normalNumbers(seed) {
  let state = (seed + 1) | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

// The class numbers of a map in a file, by its colours, or by its grey levels where those are no classes' colours.
async function numbersIn(file) {
  let image;
  try {
    image = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    throw new Error("This browser cannot read the file as a picture.");
  }
  const { height, width } = told.about.image;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  const scale = Math.min(image.width / width, image.height / height);
  const [columns, rows] = [width * scale, height * scale];
  pen.drawImage(image, (image.width - columns) / 2, (image.height - rows) / 2, columns, rows, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const code = (at) => data[4 * at] * 65536 + data[4 * at + 1] * 256 + data[4 * at + 2];
  const classes = new Map(told.about.colours.map((colour, number) => [parseInt(colour.slice(1), 16), number]));
  const places = Array.from({ length: height * width }, (_, at) => at);
  const grey = !places.some((at) => classes.has(code(at))) && places.every((at) => code(at) === data[4 * at] * 65793);
  const known = (number) => number < told.about.classes.length || number === 255;
  return Uint8Array.from(places, (at) => {
    const number = grey ? data[4 * at] : classes.get(code(at));
    if (number === undefined || !known(number)) {
      const what = grey ? `class ${number}` : `colour #${code(at).toString(16).padStart(6, "0")}`;
      throw new Error(`${what} at pixel (${at % width}, ${Math.floor(at / width)}) is no class of the ${classes.size}.`);
    }
    return number;
  });
}
