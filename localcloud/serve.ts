/** What every plugin of the engine does: listen, print the port, and end when the engine does. */
import * as grpc from "@grpc/grpc-js";

/** Messages of any size: a whole stack travels in one. */
export const anySize = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

export function serve(service: grpc.ServiceDefinition, implementation: grpc.UntypedServiceImplementation): void {
  listen(service, implementation, (port) => {
    process.stdout.write(`${port}\n`);
  });
  // An engine that is killed while a plugin starts leaves it behind: whoever loses its parent has nothing left to do.
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit();
  }, 1000).unref();
}

/** Answers on a port of its own, which `ready` is told. */
export function listen(
  service: grpc.ServiceDefinition,
  implementation: grpc.UntypedServiceImplementation,
  ready: (port: number) => void,
): grpc.Server {
  const server = new grpc.Server(anySize);
  server.addService(service, implementation);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    ready(port);
  });
  return server;
}
