// Bundles the page of staff: `node bundle.mjs ENTRY BEHIND FOLDER REPORT`. ENTRY is the source of the
// page, and BEHIND of the part that is loaded behind it. Writes the scripts into FOLDER and esbuild's
// metafile to REPORT.
//
// esbuild makes a script of each set of sources that the same parts share: two dozen small ones for
// one screen. So every part imports the page, which is there before it; and a part that needs a source
// that BEHIND needs, too, imports all of these. What the page begins with is then one script, and what
// comes behind it are two.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const [entry, behind, outdir, report] = process.argv.slice(2);
const page = path.relative(process.cwd(), entry);
const next = path.relative(process.cwd(), behind);
const options = {
  entryPoints: [entry], outdir, bundle: true, splitting: true, minify: true, metafile: true,
  format: "esm", target: "es2020", charset: "utf8", legalComments: "none", logLevel: "warning",
  jsx: "automatic", jsxImportSource: "preact", entryNames: "[name]-[hash]", chunkNames: "part-[hash]",
};

const { inputs } = (await build({ ...options, write: false })).metafile;
const at = (file, kind) => inputs[file].imports.filter((each) => each.kind === kind).map((each) => each.path);

/** A source with all that it imports at once. */
function reached(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const each of at(file, "import-statement")) reached(each, found);
  return found;
}

const begun = reached(page);
const parts = new Set(Object.keys(inputs).flatMap((file) => at(file, "dynamic-import")));
// A library comes with the source that imports it: to name it alone would say that it may be left out.
const shared = [...reached(next)].filter((file) => file !== next && !begun.has(file) && !file.includes("node_modules"));
const imports = (from, files) =>
  files.map((file) => `\nimport "./${path.relative(path.dirname(from), file)}";`).join("");

/** What else a part imports. */
function also(part) {
  const own = reached(part);
  return imports(part, [page, ...(shared.some((file) => own.has(file)) ? shared : [])]);
}

const together = {
  name: "together",
  setup({ onLoad }) {
    onLoad({ filter: /\.tsx?$/ }, async ({ path: place }) => {
      const file = path.relative(process.cwd(), place);
      const contents = await readFile(place, "utf8");
      return { contents: parts.has(file) ? contents + also(file) : contents, loader: path.extname(file).slice(1) };
    });
  },
};

const { metafile } = await build({ ...options, plugins: [together] });
await writeFile(report, JSON.stringify(metafile));
