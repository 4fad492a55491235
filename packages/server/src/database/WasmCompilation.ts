/**
 * How the embedded database is compiled: once and quickly. V8 would compile what runs often a second time, for which it takes half a
 * gigabyte of memory and a second of processors. Short statements, such as ours, are as fast without; one that computes for long
 * takes up to twice its time, and whoever has such ones has PostgreSQL.
 */
import { setFlagsFromString } from "node:v8"

/** To be called before the database is loaded; it counts for everything in WebAssembly that the process loads afterwards. */
export const quick = (): void => {
  setFlagsFromString("--no-wasm-tier-up")
  setFlagsFromString("--no-wasm-dynamic-tiering")
}
