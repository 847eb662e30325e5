// What Taegis' regions and roles are called where.

/** API addresses by region. */
export const taegisRegions = Object.freeze({
  us1: "https://api.ctpx.secureworks.com",
  us2: "https://api.delta.taegis.secureworks.com",
  us3: "https://api.foxtrot.taegis.secureworks.com",
  eu: "https://api.echo.taegis.secureworks.com",
  euw1: "https://api.golf.taegis.secureworks.com",
  apse2: "https://api.hotel.taegis.secureworks.com",
  aps1: "https://api.india.taegis.secureworks.com",
  apne1: "https://api.juliet.taegis.secureworks.com",
  sae1: "https://api.kilo.taegis.secureworks.com",
  cac1: "https://api.quebec.taegis.secureworks.com",
});

/** Role ids of the vendor, for `clients.create`. */
export const taegisRoles = Object.freeze({
  administrator: "ba0fdcbd-e87d-4bdd-ae7d-ca6118b25068",
  analyst: "a4903f9f-465b-478f-a24e-82fa2e129d2e",
  responder: "a72dace7-4536-4dbc-947d-015a8eb65f4d",
  auditor: "ace1cae4-59fd-4fd1-9500-40077dc529a7",
});
