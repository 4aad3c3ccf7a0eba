const VALUE =
  /(value|amount|usage|kwh|energy|bytes|minutes|seconds|duration|volume|total|consumption|reading|price|revenue|items|air_time|load|power|spend|calls|(?<!ac)count(?!r)|quantity|menge|anzahl|verbrauch|minuten|sekunden|dauer|betrag|wert$)/i;

/** Whether a field is called what people measure. */
export function isValueName(name: string): boolean {
  return VALUE.test(name);
}
