/** Secrets as text. Comparing two takes the same time however much of one was right. */
import { createHash, timingSafeEqual } from "node:crypto"

const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest()

/** By what a secret is known to a table that must not hold it: its SHA-256 in hexadecimal. */
export const hash = (text: string): string => digest(text).toString("hex")

/** Whether both are the same. */
export const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))
