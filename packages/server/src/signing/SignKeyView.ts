/** Signing keys as clients of AlmaLinux's build system read them. */
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import type { SignKeyWire } from "@orch/api/albs/SignWire"
import type { SignKey } from "./SignKeys.ts"

/** A key. */
export const key = (one: SignKey): SignKeyWire => ({
  id: one.id,
  name: one.name,
  description: one.description,
  keyid: one.keyId,
  fingerprint: one.fingerprint,
  public_url: one.publicUrl,
  inserted: AlbsTime.format(one.insertedAt),
  active: one.active,
  archived: null,
  platform_ids: [...one.platforms],
  product_id: one.product ?? null
})
