// Checks the scripts strictly, as `web/tsconfig.json` says, and writes two things. `texts`: which texts
// each source of the page of staff can ask for, of every call of `t` the keys that the type of its
// argument allows. `drawn`: the elements that each source makes, and the classes that it can give them.
import path from "node:path";
import ts from "typescript";

const CONFIG = "web/tsconfig.json";
const WORDS = /\/web\/desk\/words\.ts$/;
const OF_STAFF = /\/web\/desk\/[\w-/]+\.tsx?$/;
const OF_A_PAGE = /\/web\/(desk|portal)\/[\w-/]+\.tsx?$/;

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

/** The words of a text that stand alone in it. */
const words = (text) => text.split(/\s+/).filter(Boolean);

/** The classes that an expression can have as its value. */
function classesOf(node) {
  if (ts.isStringLiteralLike(node)) return words(node.text);
  if (ts.isParenthesizedExpression(node)) return classesOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...classesOf(node.whenTrue), ...classesOf(node.whenFalse)];
  if (ts.isTemplateExpression(node)) {
    const [head, ...rest] = [node.head.text, ...node.templateSpans.map((each) => each.literal.text)];
    return node.templateSpans.reduce(
      (made, { expression }, place) =>
        made.flatMap((begun) => classesOf(expression).map((each) => begun + each + rest[place])),
      [head],
    ).flatMap(words);
  }
  const type = checker.getTypeAtLocation(node);
  return (type.isUnion() ? type.types : [type]).flatMap((each) => {
    if (each.isStringLiteral()) return words(each.value);
    if (each.isNumberLiteral()) return [String(each.value)];
    if (each.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) return [];
    throw new Error(`${path.basename(node.getSourceFile().fileName)}: ${node.getText()} may be any class`);
  });
}

/** The elements and classes within a node. */
function draw(node, { elements, classes }) {
  if ((ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node))) {
    const name = node.tagName.getText();
    if (/^[a-z][a-z0-9]*$/.test(name)) elements.add(name);
  }
  if (ts.isJsxAttribute(node) && node.name.getText() === "class" && node.initializer) {
    const value = ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer;
    for (const each of classesOf(value)) classes.add(each);
  }
  ts.forEachChild(node, (child) => draw(child, { elements, classes }));
}

const texts = {}, drawn = {};
for (const source of program.getSourceFiles()) {
  if (OF_STAFF.test(source.fileName)) {
    const found = new Set();
    collect(source, found);
    texts[source.fileName] = [...found].sort();
  }
  if (OF_A_PAGE.test(source.fileName)) {
    const found = { elements: new Set(), classes: new Set() };
    draw(source, found);
    drawn[source.fileName] = { elements: [...found.elements].sort(), classes: [...found.classes].sort() };
  }
}
process.stdout.write(JSON.stringify({ texts, drawn }));
