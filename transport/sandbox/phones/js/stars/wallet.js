// The Stars of one person as the sandbox has them. Views listen to "changed".

import { api } from "../api.js";

export class Wallet extends EventTarget {
  balance = null; // null until it was read
  transactions = []; // oldest first
  subscriptions = [];
  #running = null;
  #again = false;

  constructor(user) {
    super();
    this.user = user;
  }

  // Reads are made one after the other: an older answer never replaces a newer one.
  refresh() {
    this.#again = true;
    this.#running ??= this.#read();
    return this.#running;
  }

  async add(amount) {
    await api.addStars(this.user, amount);
    await this.refresh();
  }

  // action: cancel, restore or fulfil
  async change(subscription, action) {
    await api.changeSubscription(this.user, subscription, action);
    await this.refresh();
  }

  refundOf(charge) {
    return this.transactions.find(({ id, refund }) => refund && id === charge) ?? null;
  }

  async #read() {
    try {
      while (this.#again) {
        this.#again = false;
        const { balance, transactions, subscriptions } = await api.stars(this.user);
        Object.assign(this, { balance, transactions, subscriptions });
        this.dispatchEvent(new Event("changed"));
      }
    } finally {
      this.#running = null;
    }
  }
}
