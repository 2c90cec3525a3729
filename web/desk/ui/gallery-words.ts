// Synthetic words for the page of components.

const EN = {
  title: "Components of the desk", gist: "First words", place: "Place", sum: "Sum", age: "Minutes", decision: "Decision", pages: "Every act", reason: "The reporter has not answered yet",
  danger: "Danger stated", doubt: "perhaps a minor", money: "6,600 DH can be stopped", late: "Review in 18 min", past: "Late by 2 h", by: "Nobody holds it", remove: "Remove the filter", all: "All rows",
  none: "Nothing waits", wait: "One moment", unread: "new", covered: "covered", figures: "Figures", offline: "No network: 2 decisions wait here", again: "Try again", undo: "Undo",
  acts: ["Confirm", "Reject", "Ask the reporter", "Duty desk", "Lists"],
  gists: ["He is downstairs with a knife and says he will come up", "I paid a deposit for a flat that does not exist", "They opened a page with my name and my pictures"],
  places: ["Salé", "Tétouan", "Agadir", "Fès"],
};
export type Said = typeof EN;

const FR: Said = {
  title: "Composants de l’espace", gist: "Premiers mots", place: "Lieu", sum: "Somme", age: "Minutes", decision: "Décision", pages: "Tous les actes", reason: "Le déclarant n’a pas encore répondu",
  danger: "Danger dit", doubt: "peut-être un mineur", money: "6 600 DH encore blocables", late: "Examen dans 18 min", past: "En retard de 2 h", by: "Tenu par personne", remove: "Retirer le filtre", all: "Toutes les lignes",
  none: "Rien n’attend", wait: "Un instant", unread: "nouveau", covered: "couvert", figures: "Chiffres", offline: "Pas de réseau : 2 décisions attendent ici", again: "Réessayer", undo: "Annuler",
  acts: ["Confirmer", "Rejeter", "Interroger le déclarant", "Permanence", "Listes"],
  gists: ["Il est en bas de l’immeuble avec un couteau et dit qu’il monte", "J’ai payé un acompte pour un appartement qui n’existe pas", "Ils ont ouvert une page à mon nom avec mes photos"],
  places: ["Salé", "Tétouan", "Agadir", "Fès"],
};

const AR: Said = {
  title: "مكونات المكتب", gist: "الكلمات الأولى", place: "المكان", sum: "المبلغ", age: "دقائق", decision: "القرار", pages: "كل الإجراءات", reason: "لم يصل جواب المبلّغ بعد",
  danger: "خطر مصرح به", doubt: "ربما قاصر", money: "6600 درهم يمكن إيقافها", late: "المراجعة بعد 18 دقيقة", past: "تأخر ساعتين", by: "ليس عند أحد", remove: "إزالة المرشح", all: "كل السطور",
  none: "لا شيء في الانتظار", wait: "لحظة من فضلك", unread: "جديد", covered: "مغطى", figures: "الأرقام", offline: "لا شبكة: قراران في الانتظار هنا", again: "إعادة المحاولة", undo: "تراجع",
  acts: ["تأكيد", "رفض", "سؤال المبلّغ", "المداومة", "القوائم"],
  gists: ["شي واحد كيهدد بنتي بتصاور وقال غادي يصيفطهم للمدرسة", "خلصت عربون ديال دار فمرتيل والصفحة تسدات", "Ils ont ouvert une page à mon nom"],
  places: ["سلا", "تطوان", "أكادير", "فاس"],
};

export const saidIn = (code: string): Said => (code === "ar" ? AR : code === "fr" ? FR : EN);
