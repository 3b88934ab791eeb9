// A yardstick in C++ for tests/benchmarks/bench.py: the textbook model, and nothing else, on the same drawn columns.
// One heap of (tick, key), arrivals from a cursor, queues as rings. Not part of the program.
//
// All units of a ship land in one event, as in the kernel, for nothing lies behind but the exit. Twice: the lean one writes
// eight columns, ticks in 64 bits; the whole one writes what the kernel writes: every column of the record, ticks in 32 bits
// less the base of 512 units, and the table of sailings.
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

using std::size_t;

namespace {
constexpr int64_t SHIP = int64_t(3) << 40, END = int64_t(4) << 40, DEADLINE = int64_t(6) << 40,
                  ARRIVAL = int64_t(8) << 40;
constexpr int STATIONS = 3, BLOCK_BITS = 9;

// Rows of the record, as sim/engine/kernel/fields.py and columns.py lay them.
enum Tick { YARD, BOARDING, SAILING, LANDED, LEFT };
enum Visit { JOIN, START, END_OF, RELEASE, VISIT };
enum Flag { OUTCOME, SELECTED, FULL, ALARMED };
enum Sailing { TERMINAL, VESSEL, ORDINAL, OPEN, SECURED, DEPARTURE, AT_SEA_END, BERTH, READY, UNITS, LOAD, LEFT_BEHIND, SAILING_SIZE };

struct Event {
    int64_t tick, key;
    bool operator<(const Event& other) const { return tick < other.tick || (tick == other.tick && key < other.key); }
};

struct Heap {
    std::vector<Event> events;
    void push(Event event) {
        size_t place = events.size();
        events.push_back(event);
        while (place && event < events[(place - 1) / 2]) {
            events[place] = events[(place - 1) / 2];
            place = (place - 1) / 2;
        }
        events[place] = event;
    }
    Event pop() {
        const Event first = events[0], last = events.back();
        events.pop_back();
        const size_t size = events.size();
        size_t place = 0;
        for (size_t child = 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && events[child + 1] < events[child]) child++;
            if (last < events[child]) break;
            events[place] = events[child];
            place = child;
        }
        if (size) events[place] = last;
        return first;
    }
};

struct Queue {
    std::vector<int32_t> units;
    size_t head = 0;
    bool empty() const { return head == units.size(); }
    size_t size() const { return units.size() - head; }
    int32_t pop() { return units[head++]; }
};

struct Given {
    int64_t n, stride, horizon;
    const int64_t* arrivals;
    const int64_t* base;
    const int32_t* durations;
    const double* uniforms;
    double ratio, alarms;
    int64_t ships, deck, longest_wait, crossing, outcome;
    void* ticks;
    void* visits;
    double* ratios;
    int8_t* flags;
    int64_t* sailings;
};

template <bool WHOLE>
struct Port : Given {
    int64_t now = 0;
    Heap heap;
    Queue queues[STATIONS], yard, ready;
    int free[STATIONS] = {6, 2, 4};
    std::vector<uint8_t> at;
    std::vector<std::vector<int32_t>> aboard;
    std::vector<bool> is_out;
    std::vector<int64_t> sailing;
    int loading = -1;
    int64_t sailing_count = 0, departures[2] = {0, 0};

    explicit Port(const Given& given) : Given(given) {
        at.resize(size_t(n));
        aboard.resize(size_t(ships));
        is_out.resize(size_t(ships));
        sailing.resize(size_t(ships));
    }
    using Cell = std::conditional_t<WHOLE, int32_t, int64_t>;
    Cell& place(int row, int64_t unit) { return static_cast<Cell*>(ticks)[row * stride + unit]; }
    // The whole one keeps the ticks of a visit side by side; the lean one has a row for each start, and for each end.
    Cell& visit(Visit which, int station, int64_t unit) {
        const int64_t at = station * stride + unit;
        return static_cast<Cell*>(visits)[WHOLE ? VISIT * at + which : (which - START) * STATIONS * stride + at];
    }
    Cell shown(int64_t unit, int64_t tick) { return Cell(WHOLE ? tick - base[unit >> BLOCK_BITS] : tick); }
    void note(int row, int64_t unit, int64_t tick) { place(row, unit) = shown(unit, tick); }
    void note_visit(Visit which, int station, int64_t unit) { visit(which, station, unit) = shown(unit, now); }
    int8_t& flag(int row, int64_t unit) { return flags[row * stride + unit]; }
    int64_t& of_sailing(int column, int ship) { return sailings[sailing[ship] * SAILING_SIZE + column]; }

    void start(int station, int32_t unit) {
        at[unit] = uint8_t(station);
        note_visit(START, station, unit);
        heap.push({now + durations[station * n + unit], END | unit});
    }
    void join(int station, int32_t unit) {
        if (WHOLE) note_visit(JOIN, station, unit);
        if (free[station]) {
            free[station]--;
            start(station, unit);
        } else {
            queues[station].units.push_back(unit);
        }
    }
    void leave(int32_t unit) {
        if (!WHOLE) return;
        note(LEFT, unit, now);
        flag(OUTCOME, unit) = int8_t(outcome);
    }
    void board(int32_t unit) {
        if (!ships) return leave(unit);
        if (WHOLE) note(YARD, unit, now);
        yard.units.push_back(unit);
        settle();
    }
    void open(int ship, int terminal) {
        sailing[ship] = sailing_count++;
        if (!WHOLE) return;
        for (int column = 0; column < SAILING_SIZE; column++) of_sailing(column, ship) = -1;
        of_sailing(TERMINAL, ship) = terminal;
        of_sailing(VESSEL, ship) = ship;
        of_sailing(OPEN, ship) = now;
    }
    void set_out(int ship, int terminal) {
        heap.push({now + crossing, SHIP | ship});
        is_out[ship] = terminal == 0;
        if (!WHOLE) return;
        of_sailing(ORDINAL, ship) = departures[terminal]++;
        of_sailing(SECURED, ship) = of_sailing(DEPARTURE, ship) = now;
        of_sailing(UNITS, ship) = int64_t(aboard[ship].size());
        of_sailing(LOAD, ship) = int64_t(aboard[ship].size()) * 100;
        of_sailing(LEFT_BEHIND, ship) = terminal == 0 ? int64_t(yard.size()) : 0;
    }
    void depart() {
        set_out(loading, 0);
        loading = -1;
    }
    void settle() {
        while (!yard.empty()) {
            if (loading < 0) {
                if (ready.empty()) return;
                loading = ready.pop();
                open(loading, 0);
                heap.push({now + longest_wait, DEADLINE | sailing[loading]});
            }
            while (!yard.empty() && aboard[loading].size() < size_t(deck)) {
                const int32_t unit = yard.pop();
                note(BOARDING, unit, now);
                if (WHOLE) place(SAILING, unit) = Cell(sailing[loading]);
                aboard[loading].push_back(unit);
            }
            if (aboard[loading].size() == size_t(deck)) depart();
        }
    }
    void end(int32_t unit) {
        const int station = at[unit];
        note_visit(END_OF, station, unit);
        if (WHOLE) note_visit(RELEASE, station, unit);
        bool goes_on = false;
        if (station == 0) {
            goes_on = uniforms[unit] < ratio;
            if (WHOLE) ratios[unit] = ratio, flag(SELECTED, unit) = goes_on, flag(FULL, unit) = 0;
        } else if (station == 1) {
            goes_on = uniforms[n + unit] < alarms;
            if (WHOLE) flag(ALARMED, unit) = goes_on;
        }
        if (goes_on) join(station + 1, unit);
        else board(unit);
        if (queues[station].empty()) free[station]++;
        else start(station, queues[station].pop());
    }
    void turn(int ship) {
        if (WHOLE) of_sailing(AT_SEA_END, ship) = of_sailing(BERTH, ship) = of_sailing(READY, ship) = now;
        if (is_out[ship]) {
            for (const int32_t unit : aboard[ship]) {
                note(LANDED, unit, now);
                leave(unit);
            }
            aboard[ship].clear();
            open(ship, 1);
            set_out(ship, 1);
        } else {
            ready.units.push_back(ship);
            settle();
        }
    }
    int64_t run() {
        // Ships lie at both ends in turn; those at the other end set out at once.
        for (int ship = 0; ship < ships; ship++) {
            if (ship % 2 == 0) ready.units.push_back(ship);
            else open(ship, 1), set_out(ship, 1);
        }
        int64_t next = 0;
        while (true) {
            const Event arrival{next < n ? arrivals[next] : horizon, ARRIVAL | next};
            if (heap.events.empty() || arrival < heap.events[0]) {
                if (arrival.tick >= horizon) return sailing_count;
                now = arrival.tick;
                join(0, int32_t(next++));
                continue;
            }
            if (heap.events[0].tick >= horizon) return sailing_count;
            const Event event = heap.pop();
            now = event.tick;
            const int64_t rank = event.key >> 40, number = event.key & ((int64_t(1) << 40) - 1);
            if (rank == 4) end(int32_t(number));
            else if (rank == 3) turn(int(number));
            else if (loading >= 0 && number == sailing[loading]) { depart(); settle(); }
        }
    }
};
}  // namespace

extern "C" int64_t run(const Given* given, bool whole) {
    return whole ? Port<true>(*given).run() : Port<false>(*given).run();
}
