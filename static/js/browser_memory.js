// What this browser remembers for somebody, as far as it does: storage may be full or forbidden, and nothing rests on it.
const browserMemory = {
  recall(name) {
    try {
      return window.localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  keep(name, value) {
    try {
      window.localStorage.setItem(name, value);
    } catch {
      // the draft on the server is the one that counts
    }
  },
  forget(name) {
    try {
      window.localStorage.removeItem(name);
    } catch {
      // nothing to forget then
    }
  },
};
