/** Runs programs and looks for them, without a shell, and for processes. */
import { spawn } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/**
 * Resolves to `{ code, output }`, never rejects; `code` is 127 when the program cannot be started. With `show` the output
 * goes to the terminal as it comes. `timeout` is in milliseconds; `signal` ends the program early.
 */
export const run = (command, args, { env = process.env, cwd, show = false, signal, timeout } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, signal, timeout, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    const take = (chunk) => {
      output = (output + chunk).slice(-20_000)
      if (show) process.stderr.write(chunk)
    }
    child.stdout.on("data", take)
    child.stderr.on("data", take)
    child.on("error", (error) => resolve({ code: 127, output: error.message }))
    child.on("close", (code) => resolve({ code: code ?? 1, output }))
  })

/** The full path of a program on PATH or in one of the further folders, if it is there. */
export const find = (program, folders = []) =>
  [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin", ...folders]
    .filter((folder) => folder !== "").map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/** Whether there is a process of that number. */
export const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
