import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { messageClassesOf } from '../../src/http/express-classes.ts';
import { HttpServer } from '../../src/http/http-server.ts';

describe('messageClassesOf', () => {
  it('makes requests and replies of the app, whose prototype Express leaves alone', async () => {
    const app = express();
    app.get('/whoami', (request, response) => {
      response.json({ accept: request.get('accept'), app: request.app === app && response.app === app });
    });
    const prototypes: unknown[] = [];
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      prototypes.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
      app(request, response);
      prototypes.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    };
    const server = new HttpServer(listener, () => 1000, messageClassesOf(app));
    onTestFinished(() => server.close());
    const { port } = await server.listen('127.0.0.1', 0);
    const reply = await fetch(`http://127.0.0.1:${port}/whoami`, { headers: { accept: 'text/x-test' } });
    expect(await reply.json()).toEqual({ accept: 'text/x-test', app: true });
    expect(prototypes[0]).toBe(prototypes[2]);
    expect(prototypes[1]).toBe(prototypes[3]);
  });

  it('gives every app classes of its own', () => {
    const [one, other] = [messageClassesOf(express()), messageClassesOf(express())];
    expect(one.ServerResponse).not.toBe(other.ServerResponse);
    expect(one.IncomingMessage).not.toBe(other.IncomingMessage);
  });
});
