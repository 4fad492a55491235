/**
 * What a program in a sandbox may see and use, whichever program of the system makes the sandbox.
 *
 * Inside there are the machine's system folders, read-only, one folder to write in, and the folders named here. The
 * program has a process tree, a network without a way out and a user of its own, and everything it started ends with it.
 */
import type { Sandbox } from "./Sandbox.ts"

/** Where the writable folder appears. */
export const work = "/build"

/** The user that a confined program believes to be. */
export const user = 1000

/** The folders of programs that a confined program finds. */
export const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

export interface Limits {
  /** Bytes of memory one process may ask for. */
  readonly memoryBytes: number
  /** Processes and threads at one time. */
  readonly processes: number
  /** Bytes of one file. */
  readonly fileBytes: number
}

export interface Confinement {
  readonly sandbox: Sandbox
  /** The folder on this machine that appears as `/build`; it holds `tmp` and `shm`, which appear as the usual ones, too. */
  readonly work: string
  /** A folder for what the sandbox needs itself, which is not seen inside. */
  readonly scratch: string
  /** Files and folders of this machine, and where they appear, read-only. */
  readonly readOnly: ReadonlyArray<readonly [from: string, to: string]>
  /** Whether it may use the machine's network. */
  readonly network: boolean
  /** The user of this machine it runs as, where the server is root and can choose one. */
  readonly uid: number
  readonly limits: Limits
}

export interface Command {
  readonly command: string
  readonly args: ReadonlyArray<string>
}

/** Commands of which each reads what the one before wrote. */
export type Pipeline = ReadonlyArray<Command>
