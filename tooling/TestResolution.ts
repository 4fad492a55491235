/**
 * Where Node.js asks the file system about each folder above an import, this asks once for each package: in a process that loads the
 * whole server, finding the files took longer than reading them. What is beside the importing file has no other place to be.
 */
import { registerHooks } from "node:module"

/** The folder that says what the names of packages mean in it. */
const folder =
  /^file:\/\/.*?(?:\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/(?!.*\/node_modules\/))|\/(?:packages|examples)\/[^/]+|\/tooling)(?=\/)/

const found = new Map<string, string>()

registerHooks({
  resolve: (specifier, context, next) => {
    const { conditions, importAttributes, parentURL } = context
    if (parentURL === undefined || !conditions.includes("import")) return next(specifier, context)
    if (specifier.startsWith("./") || specifier.startsWith("../")) {
      return { url: new URL(specifier, parentURL).href, importAttributes, shortCircuit: true }
    }
    const place = /^[a-z@]/.test(specifier) ? folder.exec(parentURL)?.[0] : undefined
    if (place === undefined) return next(specifier, context)
    const key = `${place} ${specifier}`
    const known = found.get(key)
    if (known !== undefined) return { url: known, importAttributes, shortCircuit: true }
    const resolved = next(specifier, context)
    if (resolved.url.startsWith("file:")) found.set(key, resolved.url)
    return resolved
  }
})
