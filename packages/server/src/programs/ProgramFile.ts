/** Finds the files of programs that this package starts as processes of their own. */
import * as Fs from "node:fs"
import * as Path from "node:path"

/**
 * The file of the program `name`, beside the module in `directory`: TypeScript in a checkout, JavaScript in the compiled
 * package, and in a bundle all of them beside each other.
 */
export const find = (name: string, directory: string): string => {
  const candidates = [`${name}.ts`, `${name}.js`].map((file) => Path.join(directory, file))
  return candidates.find((path) => Fs.existsSync(path)) ?? candidates[1]!
}
