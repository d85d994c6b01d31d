//! Words by which the columns of tables are known: English, German, Dutch, French, Spanish.

use crate::facts::Facts;

/// Whether one of the words stands in a column's name, as a word of its own; of several words anywhere.
pub fn says(column: &Facts, words: &[&str]) -> bool {
    has_word(&column.name, words)
}

/// The same of any text.
pub fn has_word(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
    words.iter().any(|w| if w.contains(' ') { lower.contains(w) } else { parts.contains(w) })
}

/// Times of day and intervals.
pub const TIME: &[&str] = &[
    "time",
    "hour",
    "interval",
    "period",
    "from",
    "start",
    "begin",
    "half",
    "quarter",
    "slot",
    "zeit",
    "stunde",
    "uhrzeit",
    "uur",
    "hh",
    "hr",
    "tijd",
    "van",
    "heure",
    "hora",
    "uhr",
    "p\u{e9}riode",
    "intervalle",
    "intervalo",
    "tranche",
    "periodo",
    "von",
    "ending",
];
/// Arrivals.
pub const ARRIVED: &[&str] = &[
    "arrived",
    "arrival",
    "created",
    "opened",
    "received",
    "offered",
    "called",
    "entered",
    "reported",
    "booked",
    "booking",
    "in",
    "eingang",
    "eingegangen",
    "erstellt",
    "angelegt",
    "gemeldet",
    "binnenkomst",
    "binnengekomen",
    "aangemaakt",
    "aankomst",
    "gemeld",
    "ontvangen",
    "arriv\u{e9}e",
    "cr\u{e9}\u{e9}",
    "re\u{e7}u",
    "ouvert",
    "llegada",
    "creado",
    "recibido",
    "abierto",
    "logged",
    "raised",
    "submitted",
    "incoming",
    "presented",
    "registered",
    "anrufbeginn",
    "eingangszeit",
    "eingangsdatum",
    "eingangszeitpunkt",
    "anruf",
    "meldung",
    "erfasst",
    "appel",
    "r\u{e9}ception",
    "entr\u{e9}e",
    "llamada",
    "entrada",
    "recepci\u{f3}n",
    "recibida",
    "creada",
    "aangemeld",
    "gebeld",
];
/// The beginning of the work.
pub const ANSWERED: &[&str] = &[
    "answered",
    "answer",
    "picked",
    "accepted",
    "started",
    "assigned",
    "seized",
    "angenommen",
    "beantwortet",
    "begonnen",
    "aangenomen",
    "beantwoord",
    "gestart",
    "d\u{e9}croch\u{e9}",
    "r\u{e9}pondu",
    "contestada",
    "atendida",
    "connected",
    "annahme",
    "annahmezeit",
    "annahmezeitpunkt",
    "abgehoben",
    "opgenomen",
    "r\u{e9}ponse",
    "d\u{e9}crochage",
    "respuesta",
    "atendido",
    "contestado",
    "atenci\u{f3}n",
    "pickup",
    "response",
    "dispatched",
];
/// Its end.
pub const ENDED: &[&str] = &[
    "ended",
    "end",
    "closed",
    "completed",
    "finished",
    "resolved",
    "released",
    "done",
    "hangup",
    "beendet",
    "ende",
    "geschlossen",
    "abgeschlossen",
    "erledigt",
    "be\u{eb}indigd",
    "afgesloten",
    "afgehandeld",
    "einde",
    "fin",
    "termin\u{e9}",
    "cl\u{f4}tur\u{e9}",
    "cerrado",
    "finalizada",
    "disconnected",
    "terminated",
    "gespr\u{e4}chsende",
    "gespraechsende",
    "endezeit",
    "endzeit",
    "anrufende",
    "finalizaci\u{f3}n",
    "raccrochage",
    "completion",
    "cleared",
    "cl\u{f4}ture",
    "cierre",
];
/// How a request ended.
pub const LOST: &[&str] = &[
    "abandoned",
    "abandon",
    "abandons",
    "lost",
    "reneged",
    "outcome",
    "result",
    "disposition",
    "status",
    "ergebnis",
    "abgebrochen",
    "aufgelegt",
    "verloren",
    "resultaat",
    "uitkomst",
    "afgebroken",
    "opgehangen",
    "r\u{e9}sultat",
    "abandonn\u{e9}",
    "statut",
    "resultado",
    "abandonada",
    "estado",
    "\u{e9}tat",
    "etat",
    "afloop",
    "perdue",
];
/// Waits.
pub const WAIT: &[&str] = &[
    "wait",
    "waited",
    "waiting",
    "queued",
    "asa",
    "patience",
    "hold",
    "wartezeit",
    "gewartet",
    "wachttijd",
    "gewacht",
    "attente",
    "espera",
];
/// Handling times.
pub const HANDLE: &[&str] = &[
    "duration",
    "minutes",
    "seconds",
    "handle",
    "handling",
    "aht",
    "talk",
    "service",
    "length",
    "min",
    "sec",
    "secs",
    "mins",
    "hours",
    "processing",
    "took",
    "tta",
    "worktime",
    "dauer",
    "bearbeitungszeit",
    "bearbeitungsdauer",
    "gespr\u{e4}chsdauer",
    "gespr\u{e4}chszeit",
    "minuten",
    "sekunden",
    "duur",
    "behandeltijd",
    "afhandeltijd",
    "gespreksduur",
    "dur\u{e9}e",
    "traitement",
    "duraci\u{f3}n",
];
/// Places.
pub const PLACE: &[&str] = &[
    "office",
    "place",
    "site",
    "centre",
    "center",
    "location",
    "queue",
    "skill",
    "team",
    "group",
    "region",
    "area",
    "branch",
    "desk",
    "station",
    "depot",
    "ward",
    "class",
    "type",
    "category",
    "kind",
    "priority",
    "kantoor",
    "standort",
    "filiale",
    "niederlassung",
    "abteilung",
    "warteschlange",
    "afdeling",
    "locatie",
    "vestiging",
    "wachtrij",
    "bureau",
    "oficina",
    "sede",
    "cola",
    "file",
    "gruppe",
    "equipe",
    "\u{e9}quipe",
    "equipo",
    "departamento",
    "d\u{e9}partement",
    "zona",
    "ort",
    "agence",
    "sucursal",
    "bereich",
    "service",
    "dienststelle",
];
/// Persons.
pub const PERSON: &[&str] = &[
    "name",
    "officer",
    "agent",
    "employee",
    "person",
    "staff",
    "worker",
    "nurse",
    "id",
    "mitarbeiter",
    "mitarbeiterin",
    "medewerker",
    "naam",
    "werknemer",
    "employ\u{e9}",
    "nom",
    "empleado",
    "rep",
    "bearbeiter",
    "agente",
    "op\u{e9}rateur",
    "operador",
    "operator",
    "conseiller",
    "nachname",
    "pr\u{e9}nom",
    "apellido",
];
/// Sums.
pub const TOTAL: &[&str] = &[
    "total",
    "totals",
    "sum",
    "all",
    "grand",
    "overall",
    "combined",
    "gesamt",
    "summe",
    "totaal",
    "somme",
    "totale",
    "suma",
    "totaux",
    "gesamtsumme",
    "alle",
    "tous",
    "todos",
];
/// Numbers of officers.
pub const OFFICERS: &[&str] = &[
    "officers",
    "number",
    "count",
    "staff",
    "headcount",
    "agents",
    "heads",
    "posts",
    "fte",
    "people",
    "rostered",
    "anzahl",
    "aantal",
    "effectif",
    "effectifs",
    "personnes",
    "personas",
    "plazas",
    "k\u{f6}pfe",
    "stellen",
    "kopfzahl",
];
/// Words for officers alone, which no column of requests has.
pub const STAFF: &[&str] = &[
    "officers",
    "staff",
    "staffed",
    "staffing",
    "headcount",
    "agents",
    "heads",
    "posts",
    "fte",
    "people",
    "rostered",
    "employees",
    "mitarbeiter",
    "besetzung",
    "medewerkers",
    "bezetting",
    "personeel",
];
/// Numbers that name rather than count.
pub const NUMBERED: &[&str] = &["id", "ticket", "case", "reference", "nr", "no", "week", "weekday", "kw"];
/// Shifts and rosters.
pub const SHIFT: &[&str] = &[
    "shift",
    "shifts",
    "roster",
    "rota",
    "schedule",
    "duty",
    "dienst",
    "schicht",
    "dienstplan",
    "rooster",
    "clock",
];

/// Names that say that something is counted, but not where.
pub fn is_plain_count(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "n" | "count"
            | "counts"
            | "calls"
            | "tickets"
            | "requests"
            | "arrivals"
            | "number"
            | "total"
            | "volume"
            | "cases"
            | "incidents"
            | "contacts"
            | "anzahl"
            | "anrufe"
            | "f\u{e4}lle"
            | "aantal"
            | "gesprekken"
            | "meldingen"
            | "nombre"
            | "appels"
            | "llamadas"
    )
}

/// Whether a name is a word for sums and nothing else.
pub fn is_sum_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower == "grand total" || TOTAL.contains(&lower.trim())
}

/// Starts of shifts.
pub const START: &[&str] = &[
    "shift",
    "start",
    "begin",
    "from",
    "hours",
    "dienst",
    "schicht",
    "van",
    "beginn",
    "von",
    "d\u{e9}but",
    "debut",
    "inicio",
    "turno",
    "desde",
];
/// Their ends.
pub const END: &[&str] =
    &["end", "until", "to", "finish", "stop", "tot", "bis", "ende", "einde", "fin", "hasta", "\u{e0}"];
