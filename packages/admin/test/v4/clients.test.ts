import { beforeEach, describe, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
  v4.admin.addClient({ clientId: 'a', username: 'anna', cleanStart: true, protocolVersion: 4 });
  v4.admin.addClient({ clientId: 'b', username: 'anna', cleanStart: false, protocolVersion: 5 });
  v4.admin.addClient({ clientId: 'c', isOnline: false, cleanStart: false, protocolVersion: 3 });
  v4.admin.addClient({ clientId: 'x/y z+%', username: 'ü&=' });
});

describe('GET /clients', () => {
  it('shows a client as NanoMQ does, and what we know more', async () => {
    const will = { topicName: 'w', payload: Buffer.from('bye') };
    v4.admin.clientRows = [];
    v4.admin.addClient({ clientId: 'w', receivedMessages: 7, sessionExpirySeconds: 60, will }, ['t', 1]);
    expect((await v4.get('/clients')).body.data).toEqual([
      {
        client_id: 'w',
        username: '',
        keepalive: 60,
        conn_state: 'connected',
        clean_start: true,
        proto_name: 'MQTT',
        proto_ver: 4,
        recv_msg: 7,
        will_topic: 'w',
        will_msg: 'bye',
        remote_address: '127.0.0.1:50000',
        listener: 'tcp:default',
        connected_at: '2023-11-14T22:13:20.000Z',
        session_expiry_interval: 60,
        subscriptions: 1,
        inflight: 0,
        queued: 0,
      },
    ]);
  });

  it.each([
    ['', ['a', 'b', 'c', 'x/y z+%']],
    ['?clientid=b', ['b']],
    ['?client_id=b', ['b']],
    ['?clientid=b&client_id=b', ['b']],
    ['?clientid=b&client_id=a', []],
    ['?clientid=nobody', []],
    ['?username=anna', ['a', 'b']],
    ['?username=anna&clean_start=FALSE', ['b']],
    ['?conn_state=Connected', ['a', 'b', 'x/y z+%']],
    ['?conn_state=disconnected', ['c']],
    ['?conn_state=idle', []],
    ['?clean_start=true', ['a', 'x/y z+%']],
    ['?proto_name=MQIsdp', ['c']],
    ['?proto_name=MQTT&proto_ver=5', ['b']],
    ['?proto_name=XMPP', []],
    ['?proto_ver=3', ['c']],
    ['?username=&clientid&x', ['a', 'b', 'c', 'x/y z+%']],
    ['?clientid=x%2Fy%20z+%25', ['x/y z+%']],
    ['?username=%C3%BC%26%3D', ['x/y z+%']],
    ['/a', ['a']],
    ['/a/', ['a']],
    ['/x%2Fy%20z+%25', ['x/y z+%']],
    ['/nobody', []],
    ['/username/anna', ['a', 'b']],
    ['/username/%C3%BC%26%3D', ['x/y z+%']],
    ['/username/nobody', []],
  ])('%s', async (path, expected) => {
    expect(await v4.column(`/clients${path}`, 'client_id')).toEqual(expected);
  });

  it.each([
    ['?colour=red', 'query: Unrecognized key: "colour"'],
    ['?conn_state=asleep', 'query.conn_state: must be connected, disconnected or idle'],
    ['?clean_start=1', 'query.clean_start: must be true or false'],
    ['?proto_ver=6', 'query.proto_ver: '],
    ['?clientid=a&clientid=b', 'query.clientid: given more than once'],
    ['?clientid=%zz', 'query: malformed percent-encoding'],
    ['?page=0', 'query.page: a whole number from 1 is expected'],
    ['?limit=-1', 'query.limit: a whole number from 1 is expected'],
    ['?limit=10001', 'query.limit: at most 10000'],
    ['?__proto__=1', 'query: Unrecognized key: "__proto__"'],
  ])('%s is refused with 400/108', async (path, msg) => {
    const { status, body } = await v4.get(`/clients${path}`);
    expect([status, body.code]).toEqual([400, 108]);
    expect(body.msg).toContain(msg);
  });
});

describe('DELETE /clients/{clientid}', () => {
  it('disconnects the client', async () => {
    expect(await v4.delete('/clients/x%2Fy%20z+%25')).toEqual({ status: 200, body: { code: 0 } });
    expect(v4.admin.orders).toEqual([{ order: 'kick', clientId: 'x/y z+%' }]);
  });

  it.each([
    ['c', 'clientid: the client is offline'],
    ['nobody', 'clientid: no such client'],
  ])('%s: 404/112', async (clientId, msg) => {
    expect(await v4.delete(`/clients/${clientId}`)).toEqual({ status: 404, body: { code: 112, msg } });
    expect(v4.admin.orders).toEqual([]);
  });
});
