"""Subscribes and publishes with the Paho client, and prints as one line of JSON what came back.

usage: paho_round_trip.py PORT 31|311|5 [tcp|tls|ws|wss [CAFILE]]

Published to paho/VERSION/..., in this order: QoS 0, 1, 2, then a retained one that a second subscription meets.
Works with Paho 1.6 (Debian 12) and 2.x.
"""

import json
import queue
import sys

import paho.mqtt.client as mqtt

TIMEOUT_SECONDS = 15
PROTOCOLS = {"31": mqtt.MQTTv31, "311": mqtt.MQTTv311, "5": mqtt.MQTTv5}


def make_client(client_id, version, carrier, cafile):
    api = getattr(mqtt, "CallbackAPIVersion", None)
    first = (api.VERSION1,) if api else ()
    transport = "websockets" if carrier in ("ws", "wss") else "tcp"
    client = mqtt.Client(*first, client_id=client_id, protocol=PROTOCOLS[version], transport=transport)
    if transport == "websockets":
        client.ws_set_options(path="/mqtt")
    if carrier in ("tls", "wss"):
        client.tls_set(ca_certs=cafile)
    return client


def properties_for(version):
    if version != "5":
        return None
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.PUBLISH)
    properties.ContentType = "text/plain"
    properties.ResponseTopic = "paho/answer"
    properties.CorrelationData = b"\x00\x01\xff"
    properties.UserProperty = [("a", "1"), ("b", "2"), ("a", "3")]
    return properties


def describe(message):
    seen = {
        "topic": message.topic,
        "qos": message.qos,
        "retain": bool(message.retain),
        "payload": message.payload.decode(),
    }
    properties = getattr(message, "properties", None)
    if properties is not None and hasattr(properties, "ContentType"):
        seen["contentType"] = properties.ContentType
        seen["responseTopic"] = properties.ResponseTopic
        seen["correlationData"] = properties.CorrelationData.hex()
        seen["userProperty"] = [list(pair) for pair in properties.UserProperty]
    return seen


def connect(client, port):
    """Connects, starts the network thread and returns once the broker has accepted."""
    connected = queue.Queue()
    client.on_connect = lambda *details: connected.put(int(getattr(details[3], "value", details[3])))
    client.connect("127.0.0.1", port, keepalive=30)
    client.loop_start()
    code = connected.get(timeout=TIMEOUT_SECONDS)
    if code != 0:
        sys.exit("CONNACK with code %d" % code)


def subscribe(client, topic_filter):
    subscribed = queue.Queue()
    client.on_subscribe = lambda *details: subscribed.put(True)
    client.subscribe(topic_filter, qos=2)
    subscribed.get(timeout=TIMEOUT_SECONDS)


def publish(client, topic, payload, qos, retain, properties):
    more = {"properties": properties} if properties is not None else {}
    client.publish(topic, payload, qos=qos, retain=retain, **more).wait_for_publish()


def main():
    port, version = int(sys.argv[1]), sys.argv[2]
    topic = "paho/" + version
    received = queue.Queue()
    carrier = sys.argv[3] if len(sys.argv) > 3 else "tcp"
    cafile = sys.argv[4] if len(sys.argv) > 4 else None
    subscriber, publisher = (
        make_client("paho-%s-%s" % (role, version), version, carrier, cafile) for role in ("sub", "pub")
    )
    subscriber.on_message = lambda client, userdata, message: received.put(describe(message))
    connect(subscriber, port)
    connect(publisher, port)

    subscribe(subscriber, topic + "/live/+")
    for qos in (0, 1, 2):
        publish(publisher, "%s/live/%d" % (topic, qos), "hi %d" % qos, qos, False, properties_for(version))
    publish(publisher, topic + "/kept", "kept", 1, True, None)
    seen = [received.get(timeout=TIMEOUT_SECONDS) for _ in range(3)]
    subscribe(subscriber, topic + "/kept")
    seen.append(received.get(timeout=TIMEOUT_SECONDS))

    for client in (publisher, subscriber):
        client.disconnect()
        client.loop_stop()
    print(json.dumps(seen))


main()
