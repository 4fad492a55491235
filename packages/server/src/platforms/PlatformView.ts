/** Platforms and flavors as clients of AlmaLinux's build system read them. */
import type { FlavorWire, PlatformWire } from "@orch/api/albs/PlatformWire"
import type { Flavor } from "./Flavors.ts"
import type { Platform } from "./Platforms.ts"

/** A platform without its settings. */
export const platform = (one: Platform): PlatformWire => ({
  id: one.id,
  name: one.name,
  distr_type: one.distrType,
  distr_version: one.distrVersion,
  pgp_key: one.pgpKey,
  arch_list: one.archList,
  modularity: one.modularity
})

/** A flavor. */
export const flavor = ({ id, modularity, name, repositories }: Flavor): FlavorWire => ({
  id,
  name,
  modularity,
  repositories
})
