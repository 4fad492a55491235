/**
 * What modules want to be in a buildroot before anything is asked for: their profiles `buildroot` and `srpm-buildroot`, which the
 * Module Build Service makes the groups that a build system installs from.
 */
import { compareText } from "../internal/codePointOrder.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"

const groups = { build: "buildroot", "srpm-build": "srpm-buildroot" } as const

/** Packages by group, sorted, of everything that a module is built with; groups that nobody has a profile for are left out. */
export const of = (buildrequires: ReadonlyArray<ModuleStreamV2>): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    Object.entries(groups).flatMap(([group, profile]) => {
      const names = new Set(buildrequires.flatMap(({ profiles }) => profiles.get(profile)?.rpms ?? []))
      return names.size === 0 ? [] : [[group, [...names].sort(compareText)]]
    })
  )
