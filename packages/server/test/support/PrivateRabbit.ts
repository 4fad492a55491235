/** A RabbitMQ of a test's own, which can be killed and started again with what it kept. */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Path from "node:path"
import * as FreePort from "./FreePort.ts"

const program = "/usr/lib/rabbitmq/bin/rabbitmq-server"

/** Whether this machine has one that can be started. */
export const hasProgram = Fs.existsSync(program)

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Whether a broker greets whoever speaks AMQP to it, not only whether something listens. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = Net.connect(port, "127.0.0.1", () => void socket.write("AMQP\0\0\x09\x01"))
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.setTimeout(2000, () => end(false))
    socket.on("data", () => end(true)).on("error", () => end(false)).on("close", () => end(false))
  })

export interface PrivateRabbit {
  readonly url: string
  /** Kills it with -9, waits so many milliseconds, and starts it again on the same data. */
  readonly kill: (away: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts one below the directory, and waits until it answers. */
export const start = async (directory: string): Promise<PrivateRabbit> => {
  Fs.mkdirSync(directory, { recursive: true })
  Fs.writeFileSync(Path.join(directory, "plugins"), "[].")
  const [port, distribution] = [await FreePort.find(), await FreePort.find()]
  const output = Fs.openSync(Path.join(directory, "rabbit.log"), "a")
  const spawn = () =>
    ChildProcess.spawn(program, [], {
      cwd: directory,
      // A group of its own: the script starts what is killed with it.
      detached: true,
      stdio: ["ignore", output, output],
      env: {
        PATH: process.env["PATH"] ?? "/usr/bin:/bin",
        HOME: directory,
        RABBITMQ_NODENAME: `orch-test-${process.pid}-${port}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: String(distribution),
        RABBITMQ_MNESIA_BASE: Path.join(directory, "mnesia"),
        RABBITMQ_LOG_BASE: Path.join(directory, "log"),
        RABBITMQ_LOGS: "-",
        RABBITMQ_CONFIG_FILE: Path.join(directory, "none"),
        RABBITMQ_CONF_ENV_FILE: Path.join(directory, "none.conf"),
        // One scheduler that does not spin: a test has little to say to it.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 +sbwt none",
        RABBITMQ_ENABLED_PLUGINS_FILE: Path.join(directory, "plugins")
      }
    })
  const ready = async () => {
    const end = Date.now() + 120_000
    while (!(await answers(port))) {
      if (Date.now() > end) throw new Error(Fs.readFileSync(Path.join(directory, "rabbit.log"), "utf8").slice(-2000))
      await pause(200)
    }
  }
  let child = spawn()
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve())
      process.kill(-child.pid!, "SIGKILL")
    })
  await ready()
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    kill: async (away) => {
      await stop()
      await pause(away)
      child = spawn()
      await ready()
    },
    stop: async () => {
      await stop()
      Fs.closeSync(output)
    }
  }
}
