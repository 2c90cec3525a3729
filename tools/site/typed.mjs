// Checks the scripts strictly, as `web/tsconfig.json` says, and writes which texts each source of the
// page of staff can ask for: of every call of `t`, the keys that the type of its argument allows.
import path from "node:path";
import ts from "typescript";

const CONFIG = "web/tsconfig.json";
const WORDS = /\/web\/desk\/words\.ts$/;
const OF_STAFF = /\/web\/desk\/[\w-]+\.tsx?$/;

const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, path.resolve("web"));
const program = ts.createProgram(fileNames, options);
const wrong = ts.getPreEmitDiagnostics(program);
if (wrong.length) {
  process.stdout.write(ts.formatDiagnostics(wrong, {
    getCurrentDirectory: () => process.cwd(), getCanonicalFileName: (name) => name, getNewLine: () => "\n",
  }));
  process.exit(1);
}

const checker = program.getTypeChecker();

/** Whether this is the function of words.ts that gives the text of a key. */
function isText(called) {
  if (!ts.isIdentifier(called) || called.text !== "t") return false;
  const symbol = checker.getSymbolAtLocation(called);
  const meant = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return meant?.declarations?.some((each) => WORDS.test(each.getSourceFile().fileName)) ?? false;
}

/** The keys that are asked for within a node. */
function collect(node, found) {
  if (ts.isCallExpression(node) && isText(node.expression)) {
    const type = checker.getTypeAtLocation(node.arguments[0]);
    for (const each of type.isUnion() ? type.types : [type]) found.add(each.value);
  }
  ts.forEachChild(node, (child) => collect(child, found));
}

const told = {};
for (const source of program.getSourceFiles()) {
  if (!OF_STAFF.test(source.fileName)) continue;
  const found = new Set();
  collect(source, found);
  told[source.fileName] = [...found].sort();
}
process.stdout.write(JSON.stringify(told));
