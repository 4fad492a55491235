import { assert, describe, it } from "@effect/vitest"
import { isExpression } from "../../src/modulemd/internal/spdx.ts"

describe("SPDX licence expressions", () => {
  for (
    const text of [
      "MIT",
      "GPL-2.0-only",
      "GPL-2.0+",
      "GPL-2.0-or-later WITH Classpath-exception-2.0",
      "MIT AND (Apache-2.0 OR LicenseRef-Fedora-Public-Domain)",
      "MIT and BSD-3-Clause",
      "((MIT))",
      "DocumentRef-spdx-tool:LicenseRef-MIT-Style",
      "MIT\n  AND\tISC",
      "hdparm"
    ]
  ) it(`are read: ${JSON.stringify(text)}`, () => assert.isTrue(isExpression(text)))
  for (
    const text of [
      "",
      "GPLv2+",
      "mit",
      "ASL 2.0",
      "MIT AND",
      "AND MIT",
      "MIT ISC",
      "(MIT",
      "MIT)",
      "MIT WITH ISC",
      "Public Domain",
      "/MIT",
      "ISC/",
      "LicenseRef-",
      "MIT\0",
      "é"
    ]
  ) it(`are told from other texts: ${JSON.stringify(text)}`, () => assert.isFalse(isExpression(text)))
  it("may be long and deep without harm", () => {
    assert.isTrue(isExpression(Array.from({ length: 500 }, () => "MIT").join(" AND ")))
    assert.isFalse(isExpression("(".repeat(9_999)))
    assert.isFalse(isExpression(Array.from({ length: 5_000 }, () => "MIT").join(" AND ")))
  })
})
