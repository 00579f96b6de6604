/** What `mosquitto_passwd` of Mosquitto 2.0.11 wrote: user name, password and the line of its file. */
export const MOSQUITTO_LINES = [
  [
    'user1',
    'secret',
    'user1:$7$101$AuzHRAGS+p0va6OV$uHh4aKPi7kazLsu27RoSsdbP4Xmi+SRAO8njGiHYrgR0sQOPxLomqQQ4bGfOLGn444hkJoxa7hvOEy8o69NBog==',
  ],
  [
    'user2',
    'with space:and$',
    'user2:$7$101$gTE46stGFgZj9xoN$znZsruD4xd62+NcSYdFVGqGauVuDkEJlezwhT0xfn7KhdyOGp+AVhv5CPWBo9OM/xKGmQHAcjtJyn2aZsBVRvQ==',
  ],
  [
    'user3',
    'ünïcode',
    'user3:$7$101$c7TjaxzMFQmrPm8B$FACJebBMBcPexiX0kNRbeFQTztjmniVaeaEVvxZ6HZYAcvlFG5tMPe2HR9YRp7E0FQlyGp+qej34MYKjNwL+pg==',
  ],
] as const;

/** RFC 7914, section 12: the third vector, for the password `pleaseletmein`. */
export const SCRYPT_VECTOR = `$scrypt$ln=14,r=8,p=1$${Buffer.from('SodiumChloride').toString('base64')}$${Buffer.from(
  '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
  'hex',
).toString('base64')}`;

/** A hash that costs little, for tests that are not about hashes: of the password `good`. */
export const CHEAP_HASH =
  '$7$1$c2FsdHNhbHRzYWx0$O+XagZOHX3vfy9PHvFd8uUyaQg8ECDaW+71ynRVtI3y5OdMORc+qhS7q9p+lFkO1OW/Dn56BDPkTw9kTL42+xQ==';
