/**
 * Packages of the platform that modules bring as well: the modules' ones are meant, also where the platform's are newer, so
 * the platform's must not be installed beside them.
 *
 * The rule is that of the Module Build Service (`ursine_rpms`): by name, and what is in both with the same version and
 * architecture does not collide.
 */
import * as Nevra from "../Nevra.ts"

/** The packages of the platform to keep out, in the order of the platform. */
export const find = (
  platform: Iterable<Nevra.Nevra>,
  modules: Iterable<Nevra.Nevra>
): ReadonlyArray<Nevra.Nevra> => {
  const names = new Set<string>()
  const same = new Set<string>()
  for (const rpm of modules) {
    names.add(rpm.name)
    same.add(Nevra.format(rpm))
  }
  return Array.from(platform).filter((rpm) => names.has(rpm.name) && !same.has(Nevra.format(rpm)))
}
