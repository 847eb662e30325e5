// Where the element's words would be wrong in a panel.

export const strings = {
  notTickedHint: "Internal ones are never sent; uncertain ones only if you tick them.",
  historyNote: "Kept until this panel is closed, and nowhere else.",
  lookupProblem: "Nothing was looked up",
  title: {
    locked: "your connections are locked",
    not_connected: "no platform is connected",
    refused: "the request was refused",
    withheld: "internal values are never sent",
  },
  advice: {
    locked: "Type your passphrase above, then try again.",
    not_connected: "Connect a platform in the options, or allow the extension again to reach the one you had.",
    refused: "Look up fewer indicators at a time.",
    withheld: "They belong to the inside of a network. Look them up in the platform's own console.",
    network: "Check your network or VPN. The platform's certificate must be trusted, and the extension allowed to reach it.",
  },
  serverAdvice: {
    network: "Try again. If it stays, reload the extension.",
  },
};
