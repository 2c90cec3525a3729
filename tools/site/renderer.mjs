// Writes the script of Scalar, the renderer of the API's reference, to a file: node renderer.mjs FILE.
// The package for servers carries the whole script, and needs a tenth of the packages that its source does.
// Its own route gives the script; the server that it is added to is played here.
import { writeFileSync } from "node:fs";
import scalar from "@scalar/fastify-api-reference";

const routes = new Map();
const server = { initialConfig: {}, log: console, hasPlugin: () => false, route: (each) => routes.set(each.url, each) };
await scalar(server, { routePrefix: "/reference", configuration: { url: "/openapi.json" } }, () => {});
const reply = { header: () => reply, send: (body) => writeFileSync(process.argv[2], body) };
routes.get("/reference/js/scalar.js").handler({}, reply);
