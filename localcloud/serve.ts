/** What every plugin of the engine does: listen, print the port, and end when the engine does. */
import * as grpc from "@grpc/grpc-js";

export function serve(service: grpc.ServiceDefinition, implementation: grpc.UntypedServiceImplementation): void {
  const everything = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  const server = new grpc.Server(everything);
  server.addService(service, implementation);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${port}\n`);
  });
  // An engine that is killed while a plugin starts leaves it behind: whoever loses its parent has nothing left to do.
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit();
  }, 1000).unref();
}
