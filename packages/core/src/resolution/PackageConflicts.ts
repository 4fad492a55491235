/**
 * Packages that must stay out of a buildroot although a module or the platform offers them: what a buildrequired module
 * filters, what the platform has under a name that a buildrequired module brings, and what the platform was given from
 * another stream of a buildrequired module.
 *
 * Koji cannot leave single packages out, so the Module Build Service has `module-build-macros` conflict with each of them; the
 * rules of what is listed are its own.
 */
import * as PythonJson from "./PythonJson.ts"

const sorted = (packages: Iterable<string>): ReadonlyArray<string> =>
  Array.from(new Set(packages)).sort(PythonJson.compareText)

/** The name in `NAME-[EPOCH:]VERSION-RELEASE`, with or without `.ARCH`: only names contain further dashes. */
const nameOf = (text: string): string => text.split("-").slice(0, -2).join("-")

/**
 * The packages of a module's tag that the module filters, sorted.
 *
 * @param built `name-epoch:version-release`, with or without the architecture.
 * @param filter names.
 */
export const filtered = (built: ReadonlyArray<string>, filter: ReadonlyArray<string>): ReadonlyArray<string> => {
  const names = new Set(filter)
  return sorted(built.filter((one) => names.has(nameOf(one))))
}

/**
 * The packages of base modules that have the name of a package in another buildrequired module, sorted: that one is to be
 * preferred however old it is. The very same package in both is no conflict.
 *
 * @param base packages of the base modules, `name-epoch:version-release.arch`.
 * @param others packages of the other buildrequired modules, in the same form.
 */
export const withBaseModules = (base: ReadonlyArray<string>, others: ReadonlyArray<string>): ReadonlyArray<string> => {
  const same = new Set(others)
  const names = new Set(others.map(nameOf))
  return sorted(base.filter((one) => !same.has(one) && names.has(nameOf(one))))
}

/**
 * The modules in a platform's own content of which another stream is built with: all that they brought must stay out.
 *
 * @param content what the platform's repositories were given, as a release engineer's tags say.
 */
export const otherStreams = <Module extends { readonly name: string; readonly stream: string }>(
  buildrequires: Readonly<Record<string, { readonly stream: string }>>,
  content: ReadonlyArray<Module>
): ReadonlyArray<Module> =>
  content.filter(({ name, stream }) => Object.hasOwn(buildrequires, name) && buildrequires[name]!.stream !== stream)
