#include "synth/synth_templates.h"

static const struct synth_template plain[] = {
    {.prompt = "{ask}What is {a:12-989} times {b:3-97}?{end}",
     .subject = "multiply {a} by {b}",
     .args = "{a} * {b}"},
    {.prompt = "{ask}How much is {a:105.25-9899.75} plus {b:20.50-4800.95}?{end}",
     .subject = "add {a} and {b}",
     .args = "{a} + {b}"},
    {.prompt = "{ask}What do I get when I take {b:12.5-480.5} away from {a:500.0-9000.0}?{end}",
     .subject = "subtract {b} from {a}",
     .args = "{a} - {b}"},
    {.prompt = "{ask}Please divide {a:200-99000} by {b:3-89}.{end}",
     .subject = "divide {a} by {b}",
     .args = "{a} / {b}"},
    {.prompt = "{ask}What is {a:2-29} to the power of {b:2-6}?{end}",
     .subject = "raise {a} to the power of {b}",
     .args = "{a} ** {b}"},
    {.prompt = "{ask}What is the square root of {a:150-99950}?{end}",
     .subject = "take the square root of {a}",
     .args = "sqrt({a})"},
    {.prompt = "{ask}What is {p:2-95} percent of {a:30-9900}?{end}",
     .subject = "find {p} percent of {a}",
     .args = "{a} * {p} / 100"},
    {.prompt = "{ask}What remains when {a:300-99000} is divided by {b:7-97}?{end}",
     .subject = "find the remainder of {a} divided by {b}",
     .args = "{a} % {b}"},
    {.prompt = "{ask}Add {a:11-990} and {b:11-990}, then multiply the sum by {c:3-49}.{end}",
     .subject = "add {a} and {b} and multiply the sum by {c}",
     .args = "({a} + {b}) * {c}"},
    {.prompt =
         "{ask}{first} buys {good} for ${m:60.00-990.00/0.50} and gets {p:5-40}% off. What is "
         "the price then?{end}",
     .subject = "take {p}% off a price of ${m}",
     .args = "{m} * (100 - {p}) / 100"},
    {.prompt = "{ask}A dinner for {n:3-14} people came to ${m:60.40-690.80/0.05}. With a tip of "
               "{p:8-22}%, how much does each of us pay?{end}",
     .subject = "add a tip of {p}% to ${m} and share it among {n} people",
     .args = "{m} * (100 + {p}) / 100 / {n}"},
    {.prompt = "{ask}What do {n:6-480} {item} cost at ${m:0.45-38.95/0.05} each?{end}",
     .subject = "find the price of {n} {item} at ${m} each",
     .args = "{n} * {m}"},
    {.prompt =
         "{ask}{first} orders {n:2-60} {item} at ${m:1.20-19.80/0.05} and {k:2-60} {item2} at "
         "${q:1.20-19.80/0.05}. What is the total?{end}",
     .subject = "add the price of {n} {item} at ${m} to that of {k} {item2} at ${q}",
     .args = "{n} * {m} + {k} * {q}"},
    {.prompt =
         "{ask}{first} pays for {item} worth ${m:3.15-48.85/0.05} and {item2} worth "
         "${q:52.00-95.00/0.50} with {n:2-4} hundred-dollar notes. How much change is that?{end}",
     .subject = "subtract ${m} and ${q} from {n} times $100",
     .args = "{n} * 100 - {m} - {q}"},
    {.prompt = "{ask}{first} cycled {a:12.4-189.6} km in a week. How many miles is that, with "
               "0.621371 miles to the kilometre?{end}",
     .subject = "convert {a} km into miles",
     .args = "{a} * 0.621371"},
    {.prompt = "{ask}The forecast for {city} says {a:8.5-39.5} degrees Celsius. What is that "
               "in Fahrenheit?{end}",
     .subject = "convert {a} degrees Celsius into Fahrenheit",
     .args = "{a} * 9 / 5 + 32"},
    {.prompt =
         "{ask}{first} counted {a:20-980}, {b:20-980}, {c:20-980} and {d:20-980} {item} in four "
         "weeks. What is the average?{end}",
     .subject = "average {a}, {b}, {c} and {d}",
     .args = "({a} + {b} + {c} + {d}) / 4"},
    {.prompt = "{ask}Our {space} is {a:6.2-28.6} m long and {b:2.4-5.9} m wide. How many square "
               "metres are that?{end}",
     .subject = "multiply a length of {a} m by a width of {b} m",
     .args = "{a} * {b}"},
    {.prompt = "{ask}{first} drove {a:80-890} km in {b:1.5-11.5} hours. What was the average "
               "speed?{end}",
     .subject = "divide {a} km by {b} hours",
     .args = "{a} / {b}"},
    {.prompt =
         "{ask}{first} saves ${P:800-96000/100}, at {r:1.2-6.8}% a year, interest added once a "
         "year. What is it worth after {n:2-25} years?{end}",
     .subject = "let ${P,} grow at {r}% for {n} years",
     .args = "{P} * (1 + {r} / 100) ** {n}"},
    {.prompt =
         "{ask}{first} wants {good} for ${m:240-4800/10} and puts aside the same amount in each "
         "of {n:4-36} months. How much is that a month?{end}",
     .subject = "spread ${m} over {n} months",
     .args = "{m} / {n}"},
    {.prompt =
         "{ask}The recipe takes {a:120-950/5} g of flour for {n:2-8} people. How much is it for "
         "{k:9-60} guests?{end}",
     .subject = "scale {a} g for {n} people up to {k} guests",
     .args = "{a} / {n} * {k}"},
    {.prompt =
         "{ask}{first} works {a:6.5-38.5/0.5} hours for {team} at ${m:14.50-64.00/0.25} an hour. "
         "What is the pay before tax?{end}",
     .subject = "multiply {a} hours by ${m}",
     .args = "{a} * {m}"},
    {.prompt = "{ask}How many seconds are there in {a:3-360} days and {b:2-23} hours?{end}",
     .subject = "turn {a} days and {b} hours into seconds",
     .args = "({a} * 24 + {b}) * 3600"},
    {.prompt = "{ask}{a:24-480} of the {b:500-2900} {item} were sold. What share is that in "
               "percent?{end}",
     .subject = "express {a} out of {b} in percent",
     .args = "{a} / {b} * 100"},
    {.prompt =
         "{ask}A parcel with {item} weighs {a:1.4-29.8} kg. How many pounds is that at 2.20462 "
         "pounds to the kilogram?{end}",
     .subject = "convert {a} kg into pounds",
     .args = "{a} * 2.20462"},
};

static const struct synth_template hard[] = {
    {.prompt = "{ask}Work out what {n:6-180} {item} at ${m:0.85-28.95/0.05} each cost, then put a "
               "reminder to order them on my calendar for {date}.{bye}",
     .subject = "find the price of {n} {item} at ${m} each",
     .args = "{n} * {m}",
     .kind = SYNTH_STEPS,
     .later = "the calendar takes the reminder for {date=}",
     .also = SYNTH_BIT(SYNTH_CALENDAR)},
    {.prompt =
         "{ask}Add a tip of {p:8-22}% to a bill of ${m:24.50-380.50/0.10}, and after that look "
         "up what people usually tip in {country}.{end}",
     .subject = "add {p}% to ${m}",
     .args = "{m} * (100 + {p}) / 100",
     .kind = SYNTH_STEPS,
     .later = "a search finds out what is usual in {country}",
     .also = SYNTH_BIT(SYNTH_SEARCH)},
    {.prompt =
         "{ask}What are {n:12-480} {item} at ${m:1.15-18.95/0.05} each, and what is left of a "
         "budget of ${B:9500-24000/50} afterwards?{end}",
     .subject = "find the price of {n} {item} at ${m} each",
     .args = "{n} * {m}",
     .kind = SYNTH_STEPS,
     .later = "a second call takes the result from ${B,}"},
    {.prompt = "{ask}How much is {a:120-990} times {b:12-96}, for {item}?{end}\nTool result: "
               "calculator failed: cannot read '{a} times {b}'",
     .subject = "write it as an expression with a sign for the product",
     .args = "{a} * {b}",
     .kind = SYNTH_ERROR,
     .later = "the calculator does not read words"},
    {.prompt = "{ask}What is {p:3-48} percent of a budget of ${a:150-9900} for {item}?{end}\n"
               "Tool result: calculator failed: unknown function 'percent'",
     .subject = "spell the percentage out as a product and a division",
     .args = "{a} * {p} / 100",
     .kind = SYNTH_ERROR,
     .later = "the calculator has no function for percentages"},
    {.prompt =
         "{ask}What do {n:4-64} {item} at ${m:1.25-24.75/0.05} and a delivery of "
         "${q:4.50-19.50/0.50} cost?{end}\nTool result: calculator failed: time limit reached",
     .subject = "send the same sum again",
     .args = "{n} * {m} + {q}",
     .kind = SYNTH_ERROR,
     .later = "the calculator ran out of time"},
    {.prompt =
         "{ask}Three shelves hold {a:12-180}, {b:12-180} and {c:12-180} {item}; what do all of "
         "them cost at ${m:1.10-14.90/0.05} each?{end}\nTool result: calculator failed: missing "
         "')' in '({a} + {b} + {c} * {m}'",
     .subject = "close the bracket and send the sum again",
     .args = "({a} + {b} + {c}) * {m}",
     .kind = SYNTH_ERROR,
     .later = "a bracket was left open"},
    {.prompt = "{ask}The {kind=} with {person} on {date} is for {n:3-40} people, and the food is "
               "${m:8.50-39.50/0.25} a head. What does it cost?{end}",
     .subject = "multiply {n} people by ${m}",
     .args = "{n} * {m}",
     .kind = SYNTH_NEAR,
     .later = "the date is only background and nothing goes on the calendar"},
    {.prompt = "{ask}In {y:2008-2025} {company} sold {n:1200-98000/100} {item} at "
               "${m:2.50-48.50/0.25} each. What did that bring in?{end}",
     .subject = "multiply {n} by ${m}",
     .args = "{n} * {m}",
     .kind = SYNTH_NEAR,
     .later = "all the figures are in the request, although a company is named"},
    {.prompt =
         "{ask}{city} had {a:210000-990000/1000} visitors in one year and {p:2-28}% more in the "
         "next. How many were there in the next?{end}",
     .subject = "add {p}% to {a,}",
     .args = "{a} * (100 + {p}) / 100",
     .kind = SYNTH_NEAR,
     .later = "there is nothing to look up about {city}, the figures are in the request"},
};

static const struct synth_template held[] = {
    {.prompt = "{ask}Could you multiply {a:103-997} by {b:13-89} for me?{end}",
     .subject = "find the product of {a} and {b}",
     .args = "{a} * {b}"},
    {.prompt =
         "{ask}{first} shares {a:240-9600} {item} evenly among {b:6-48} groups. How many does "
         "each group get?{end}",
     .subject = "share {a} {item} among {b} groups",
     .args = "{a} / {b}"},
    {.prompt =
         "{ask}The price of {good} went up by {p:3-35}% from ${m:80.00-960.00/0.50}. What is the "
         "new one?{end}",
     .subject = "raise ${m} by {p}%",
     .args = "{m} * (100 + {p}) / 100"},
    {.prompt = "{ask}A square {space} covers {a:40-2400} square metres. How long is one side?{end}",
     .subject = "take the square root of {a}",
     .args = "sqrt({a})"},
    {.prompt = "{ask}If {n:14-320} {item} cost ${m:40.50-980.50/0.25} altogether, what does one "
               "cost?{end}",
     .subject = "divide ${m} by {n}",
     .args = "{m} / {n}"},
    {.prompt =
         "{ask}I pack {a:400-9900} {item} into boxes of {b:12-64}. How many are left over?{end}",
     .subject = "find what is left of {a} after boxes of {b}",
     .args = "{a} % {b}"},
    {.prompt = "{ask}Subtract {b:120-490} from {a:500-990} and multiply what is left by "
               "{c:4-39}.{end}",
     .subject = "multiply the difference of {a} and {b} by {c}",
     .args = "({a} - {b}) * {c}"},
};

static const struct synth_template held_hard[] = {
    {.prompt =
         "{ask}First compute the rent of the {space} for {n:2-14} days at ${m:35.50-240.50/0.50} "
         "a day, then enter {date} as the day it is due.{bye}",
     .subject = "multiply {n} days by ${m}",
     .args = "{n} * {m}",
     .kind = SYNTH_STEPS,
     .later = "the day goes on the calendar",
     .also = SYNTH_BIT(SYNTH_CALENDAR)},
    {.prompt = "{ask}What is {a:210-980} minus {b:15-180}, counted in {item}?{end}\nTool result: "
               "calculator failed: '{a} minus {b}' is not an expression",
     .subject = "use the minus sign this time",
     .args = "{a} - {b}",
     .kind = SYNTH_ERROR,
     .later = "the word for the operation was not understood"},
    {.prompt =
         "{ask}{company} ordered {n:40-900} {item} for {date} at ${m:3.25-44.75/0.25} each. How "
         "large is the bill?{end}",
     .subject = "multiply {n} by ${m}",
     .args = "{n} * {m}",
     .kind = SYNTH_NEAR,
     .later = "a company and a day are named, yet only a product is wanted"},
};

const struct synth_book synth_calculator = {
    {{SYNTH_ROWS(plain), SYNTH_ROWS(hard)}, {SYNTH_ROWS(held), SYNTH_ROWS(held_hard)}}};
