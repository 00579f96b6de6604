import { createServer } from 'node:net';
import { Aedes } from 'aedes';

// A program of its own: aedes on 127.0.0.1 and the port in argv[2], as its README starts it.
const broker = await Aedes.createBroker();
createServer({ noDelay: true }, broker.handle).listen(Number(process.argv[2]), '127.0.0.1');
