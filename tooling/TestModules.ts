/**
 * What Node.js loads for tests is compiled once, for all processes of a run and for the next run: loading is most of what a short file
 * of tests costs.
 */
import { enableCompileCache, flushCompileCache, setSourceMapsSupport } from "node:module"
import { beforeAll } from "vitest"
import { compiled } from "./TestFolder.ts"
import "./TestResolution.ts"

enableCompileCache(compiled)
// Lines of sources stay where they are when their types are taken out, and the maps of libraries take longer to read than the libraries.
setSourceMapsSupport(false)
// Vitest kills its processes, which would otherwise keep it when they end.
beforeAll(() => flushCompileCache())
