import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { Server, type TLSSocket } from 'node:tls';
import type { Arrival } from '../entry/arrival.ts';
import { Refusal } from '../entry/refusal.ts';
import { handshakeRefusal, verificationRefusal } from './handshake-failure.ts';
import type { TlsMaterial } from './tls-material.ts';

/** The socket below; Node's own timers follow the same field, which is in no documentation. */
interface WrappingSocket {
  readonly _parent?: Socket;
}

type Settle = (outcome: TLSSocket | Refusal) => void;

/**
 * Makes TLS handshakes with one set of certificates on sockets that were accepted elsewhere. Other certificates need
 * another engine; what this one has begun it ends.
 */
export class TlsEngine {
  readonly #material: TlsMaterial;
  readonly #server: Server;
  readonly #underWay = new WeakMap<Socket, Settle>();

  constructor(material: TlsMaterial) {
    this.#material = material;
    // `rejectUnauthorized` would refuse without a reason, and would not let in who shows none.
    const requestCert = material.verifyPeer;
    this.#server = new Server({
      ...material.context,
      requestCert,
      rejectUnauthorized: false,
      secureOptions: secureOptions(material.verifyPeer),
    });
    this.#server.on('secureConnection', (socket) => this.#settle(socket, this.#verify(socket) ?? socket));
    this.#server.on('tlsClientError', (error, socket) => this.#settle(socket, handshakeRefusal(error)));
  }

  /** @returns the secured socket, whose client has a valid certificate where that is asked for, or the refusal */
  handshake(arrival: Arrival): Promise<TLSSocket | Refusal> {
    const outcome = new Promise<TLSSocket | Refusal>((resolve) => this.#underWay.set(arrival.socket, resolve));
    // Documented for tls.Server: a connection may be brought to it.
    this.#server.emit('connection', arrival.socket);
    return Promise.race([outcome, arrival.gone]);
  }

  #settle(socket: TLSSocket, outcome: TLSSocket | Refusal): void {
    socket.on('error', destroyFaulty);
    const settle = this.#underWay.get((socket as unknown as WrappingSocket)._parent as Socket);
    if (settle === undefined) socket.destroy();
    else settle(outcome);
  }

  #verify(socket: TLSSocket): Refusal | null {
    if (!this.#material.verifyPeer) return null;
    if (socket.getPeerX509Certificate() === undefined) {
      return this.#material.failIfNoPeerCert ? new Refusal('noCertificate') : null;
    }
    return socket.authorized ? null : verificationRefusal(String(socket.authorizationError));
  }
}

/**
 * A resumed session is not verified again, so a client whose certificate has been revoked since could stay for the
 * life of its ticket: none is given where clients are verified. No client needs renegotiation.
 */
function secureOptions(verifyPeer: boolean): number {
  return constants.SSL_OP_NO_RENEGOTIATION | (verifyPeer ? constants.SSL_OP_NO_TICKET : 0);
}

/** A record that cannot be decrypted is an error to Node, yet leaves the connection open. */
function destroyFaulty(this: TLSSocket): void {
  this.destroy();
}
